#!/bin/sh
# SPDX-License-Identifier: MIT
# Plays every story beside this file, and the one in its manual. Called from the top directory with BUILD in the
# environment.
example=${BUILD:-build}/tests/scenario/readme.scn
sed -n '/^```$/,/^```$/{/^```$/!p; /^    final/q}' tests/scenario/README.md >"$example"
exec "${BUILD:-build}/tests/scenario/run" tests/scenario/*.scn "$example"
