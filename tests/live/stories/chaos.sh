# SPDX-License-Identifier: MIT
# Six seconds in which each second another of three targets is killed and started again, with calls from UDP, TCP and
# TLS: all of them end in time, and nothing is left of them in the server.
. tests/live/lib.sh
. tests/live/secure.sh
. tests/live/chaos.sh
chaos_server --t1 100ms
before=$(descriptors)
place 300 50 &
callers=$!
rage 6
wait "$callers"
equal "exit status of the callers, whose every call and BYE needs its final answer in time" 0 $?
cat "$work/calls"
check "nothing of the calls is left" wait_for 60 nothing_held
for target in "${!targets[@]}"; do kill -KILL "${targets[$target]}"; done
check "no connection is left" wait_for 60 no_more_descriptors "$before"
stop
check "calls had to move on" grep -q 'event=counters .* failovers=[1-9]' "$log"
equal "what still runs at the end" 1 "$(grep -c 'event=stopped running=0$' "$log")"
report
