#!/bin/bash
# SPDX-License-Identifier: MIT
# make soak: CALLS calls at RATE per second over UDP, TCP and TLS, a third of which fail over from a target that refuses
# connections. The server's descriptors and its resident memory are written down as they go. After the first quarter it
# remembers as many calls at a time as it ever will (the rate is steady, and T1 short, so that this comes soon), and
# from then on neither grows: less than 2 % of memory, and no descriptors but those of the connections that are being
# tried and of who asks. At the end there are as many as before the first call.
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
. tests/live/secure.sh
. tests/live/chaos.sh
calls=${CALLS:-100000} rate=${RATE:-1500} rings=0
chaos_server --t1 100ms --cdr "$cdr"
before=$(descriptors)
die 101
done_calls() { control status | awk '$1 == "counters.calls" { print $2 }'; }
place "$calls" "$rate" &
callers=$!
while kill -0 "$callers" 2>/dev/null; do
    echo "$(done_calls) $(descriptors) $(kilobytes)"
    sleep 2
done >"$work/samples"
wait "$callers"
equal "exit status of the callers" 0 $?
cat "$work/calls"
check "the server holds nothing of the calls after Timer F: $(held)" wait_for 60 nothing_held
# figure COLUMN CONDITION: the most of a column in the samples for which it holds
figure() { awk "$2 && \$$1 > most { most = \$$1 } END { print most + 0 }" "$work/samples"; }
early="\$1 >= $calls / 4 && \$1 < $calls / 2" late="\$1 >= $calls / 2"
printf 'most, in the second quarter and then: descriptors %d and %d, resident %d and %d KB (%d samples)\n' \
    "$(figure 2 "$early")" "$(figure 2 "$late")" "$(figure 3 "$early")" "$(figure 3 "$late")" \
    "$(wc -l <"$work/samples")"
check "descriptors do not grow" [ "$(figure 2 "$late")" -le $(($(figure 2 "$early") + 4)) ]
check "memory does not grow" [ "$(figure 3 "$late")" -le $(($(figure 3 "$early") * 102 / 100)) ]
for host in 100 102; do die $host; done
check "no descriptor is left: $before before, $(descriptors) now" wait_for 60 no_more_descriptors "$before"
stop
equal "what still runs at the end" 1 "$(grep -c 'event=stopped running=0$' "$log")"
report
