#!/bin/bash
# SPDX-License-Identifier: MIT
# make bench-failover: how long it takes from a failure until the next INVITE leaves, over 1,000 calls on loopback.
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
calls=${CALLS:-1000}
# An everyday log level: the measured path is the served one.
plan plans/failover-1.txt
server --log-level notice
for kind in refuse closed; do
    "$BUILD/tests/bench/failover" $kind "$address" "$(at 100)" "$(at 101)" "$calls" ||
        give_up "the measurement with a first target that is: $kind"
done
stop
