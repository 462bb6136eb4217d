#!/bin/bash
# SPDX-License-Identifier: MIT
# Short runs of the fuzz targets, for `make check`: each tests/fuzz/*.check is a shell script of one
# line ($BUILD is the build directory) whose last line is `N passed, N failed`: inputs or pairs, of which there may be
# 100,000. Here each is one test, so that the sum of all suites counts tests. The long runs have make targets of their
# own.
set -u
good=0 bad=0
output=$(mktemp) || exit 1
trap 'rm -f "$output"' EXIT
for check in tests/fuzz/*.check; do
    if bash "$check" >"$output" 2>&1; then status=0; else status=$?; fi
    said=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$output" | tail -n 1)
    command=$(sed 's| tests/.*||; s|.*/fuzz/||' "$check") # the program, how much of it, the seed
    echo "note: $command: ${said:-it did not say what became of it}"
    if [ "$status" = 0 ] && [[ $said =~ ^[1-9][0-9]*\ passed,\ 0\ failed$ ]]; then
        good=$((good + 1))
    else
        bad=$((bad + 1))
        cat "$output"
    fi
done
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
