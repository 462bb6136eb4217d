#!/bin/bash
# SPDX-License-Identifier: MIT
# make bench-registrations: RATE REGISTERs a second for SECONDS seconds, each of another user, with the store on the
# disk of TMPDIR; then for half as long, with the server killed in the middle and started again. Every answered one must
# be in the store, and be loaded by the next start.
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
rate=${RATE:-5000} seconds=${SECONDS_OF_STORM:-20}
printf '[Matching Patterns]\n$method = ^MESSAGE$\n[Deploy Patterns]\n$action = 405\n' >"$work/local.txt"
plan "$work/local.txt"
server --log-level notice
storm() { "$BUILD/tests/bench/registrations" "$address" "$1" "$2" "$rate" "$work/answered-$1"; } # FIRST COUNT
# What of the answered ones is not in the store.
missing() {
    control registration list --json | sed -n 's/^  {"user": "\([^"]*\)".*/\1/p' | sort >"$work/stored"
    sort -u "$work"/answered-* | comm -23 - "$work/stored" | wc -l
}
restart() { # at the same address
    server --log-level notice -l "udp:$address"
    grep 'event=store ' "$log"
}
ticks() { awk '{ print $14 + $15 }' "/proc/$fovrun/stat"; }

before=$(ticks)
storm 0 $((rate * seconds))
awk -v ticks=$(($(ticks) - before)) -v hz="$(getconf CLK_TCK)" -v count=$((rate * seconds)) \
    'BEGIN { printf "CPU of the server: %.1f us for each, the writer included\n", ticks / hz / count * 1e6 }'
equal "of them not in the store" 0 "$(missing)"

storm 1000000 $((rate * seconds / 2)) &
client=$!
sleep $((seconds / 4))
{ kill -KILL "$fovrun" && wait "$fovrun"; } 2>/dev/null
restart
wait "$client"
equal "of the answered ones not in the store, after a kill" 0 "$(missing)"
kill -KILL "$fovrun"
{ wait "$fovrun"; } 2>/dev/null
restart
equal "registrations that the next start has loaded" "$(wc -l <"$work/stored")" \
    "$(sed -n 's/.*event=store .* registrations=\([0-9]*\).*/\1/p' "$log")"
stop
report
