#!/bin/bash
# SPDX-License-Identifier: MIT
# Short runs of the fuzz targets, for `make check`: each tests/fuzz/*.check is a shell script of one
# line ($BUILD is the build directory) whose last line is `N passed, N failed`. The long runs have make targets of their own.
set -u
good=0 bad=0
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
for check in tests/fuzz/*.check; do
    bash "$check" >"$output" 2>&1
    status=$? g='' b=''
    read -r g b < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$output" | tail -n 1)
    if [ -z "${g:-}" ] || { [ "$status" != 0 ] && [ "$b" = 0 ]; }; then
        g=0 b=1
    fi
    echo "== $check"
    if [ "$b" = 0 ]; then tail -n 3 "$output"; else cat "$output"; fi
    good=$((good + g)) bad=$((bad + b))
done
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
