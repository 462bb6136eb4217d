#!/bin/sh
# SPDX-License-Identifier: MIT
# The torture messages (TORTURE=folder for another place than ../shared/torture).
exec "$BUILD/tests/torture/torture" "${TORTURE:-../shared/torture}"
