#!/bin/bash
# SPDX-License-Identifier: MIT
# Real sockets: each story of tests/live/stories runs by itself, all at the same time, as they mostly wait.
# `run.sh NAME...` tells some of them. One that this machine cannot tell says why, and counts for nothing. Last line:
# `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
[ $# != 0 ] || set -- $(cd tests/live/stories && ls | sed 's/\.sh$//')
output=$(mktemp -d) || exit 1
pids=()
end() {
    for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null; done
    wait
    rm -rf "$output"
}
trap end EXIT
trap 'exit 130' INT TERM
for story; do
    bash "tests/live/stories/$story.sh" >"$output/$story" 2>&1 &
    pids+=($!)
done
wait "${pids[@]}"
good=0 bad=0
for story; do
    g='' b=''
    read -r g b < <(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$output/$story" | tail -n 1)
    if [ -z "$g" ]; then
        g=0 b=1
    fi
    why=$(sed -n 's/^skipped: //p' "$output/$story")
    [ -n "$why" ] && echo "note: $story is skipped: $why"
    [ "$((g + b))" != 0 ] || [ -n "$why" ] || b=1
    printf '%-24s %4d passed %4d failed\n' "$story" "$g" "$b"
    [ "$b" = 0 ] || sed 's/^/    /' "$output/$story"
    grep '^note: ' "$output/$story"
    good=$((good + g)) bad=$((bad + b))
done
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
