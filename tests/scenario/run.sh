#!/bin/sh
# SPDX-License-Identifier: MIT
# Plays every story beside this file. Called from the top directory with BUILD in the environment.
exec "${BUILD:-build}/tests/scenario/run" tests/scenario/*.scn
