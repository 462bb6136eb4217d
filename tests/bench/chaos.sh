#!/bin/bash
# SPDX-License-Identifier: MIT
# make bench-chaos: CALLS calls at RATE per second over UDP, TCP and TLS, while each second another of their three
# targets is killed and started again. Every call and every BYE must get its final answer, no call wait longer than the
# timers of its plan allow, and when Timer F has passed nothing of them be left in the server.
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
. tests/live/secure.sh
. tests/live/chaos.sh
calls=${CALLS:-2000} rate=${RATE:-200}
chaos_server ${T1:+--t1 "$T1"}
before=$(descriptors) memory=$(kilobytes)
place "$calls" "$rate" &
callers=$!
rage $((calls / rate))
wait "$callers"
equal "exit status of the callers" 0 $?
cat "$work/calls"
check "the server holds nothing of the calls after Timer F: $(held)" wait_for 60 nothing_held
for target in "${!targets[@]}"; do kill -KILL "${targets[$target]}"; done
check "no connection is left" wait_for 60 no_more_descriptors "$before"
echo "descriptors $before before, $(descriptors) after; resident $memory KB before, $(kilobytes) KB after"
stop
sed -n 's/.*event=counters/counters/p; s/.*event=stopped/stopped/p' "$log"
report
