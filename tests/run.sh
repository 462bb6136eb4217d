#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every suite and adds up. A suite is
#   - a unit program, $BUILD/tests/unit/ROOM/MODULE, one for each source tests/unit/ROOM/MODULE.c;
#   - a script tests/SUITE/run.sh, whose last line is `N passed, N failed`.
# Prints a line for each suite and what it notes (its lines `note: ...`), the whole output of those that fail, and as
# its last line `N passed, N failed`. A suite that does not say what became of its tests has failed. With SAN=1 the
# sanitizers report to files, and a file is a failure: Criterion does not notice a leak. Called by `make check` with
# BUILD, CC and SAN.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build} CC=${CC:-gcc} SAN=${SAN:-} LC_ALL=C
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export ASAN_OPTIONS=log_path=$work/sanitizer:detect_leaks=1:${ASAN_OPTIONS:-}
export UBSAN_OPTIONS=log_path=$work/sanitizer:print_stacktrace=1:${UBSAN_OPTIONS:-}

# counts FILE: "passed failed" from the last line that tells, in either form; nothing when none does
counts() {
    sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '
        /^[0-9]+ passed, [0-9]+ failed$/ { good = $1; bad = $3; told = 1 }
        /Tested: [0-9]+ \| Passing: [0-9]+ \| Failing: [0-9]+ \| Crashing: [0-9]+/ {
            for (i = 1; i < NF; i++) value[$i] = $(i + 1)
            good = value["Passing:"]; bad = value["Failing:"] + value["Crashing:"]; told = 1
            if (good + bad < value["Tested:"]) bad = value["Tested:"] - good
        }
        END { if (told) print good, bad }'
}

# suite NAME COMMAND...
suite() {
    local name=$1 good=0 bad=1 result status
    shift
    "$@" >"$work/output" 2>&1 </dev/null
    status=$?
    result=$(counts "$work/output")
    if [ -n "$result" ]; then
        read -r good bad <<<"$result"
        [ "$status" = 0 ] || [ "$bad" != 0 ] || bad=1
        [ "$((good + bad))" != 0 ] || bad=1
    fi
    if compgen -G "$work/sanitizer*" >/dev/null; then
        cat "$work"/sanitizer* >>"$work/output"
        rm -f "$work"/sanitizer*
        bad=$((bad + 1))
    fi
    [ "$bad" = 0 ] || sed 's/^/    /' "$work/output"
    printf '%-40s %6d passed %4d failed\n' "$name" "$good" "$bad"
    sed -n 's/^note: /    /p' "$work/output"
    passed=$((passed + good)) failed=$((failed + bad))
}

for source in tests/unit/*/*.c; do
    program=$BUILD/${source%.c}
    suite "${source%.c}" "$program"
done
for script in tests/*/run.sh; do
    suite "${script%/run.sh}" "$script"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
