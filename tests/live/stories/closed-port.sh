# SPDX-License-Identifier: MIT
# Nobody listens at the first two targets: ICMP says so, and the third is asked at once. fovctl shows what is known of
# them.
. tests/live/lib.sh
plan plans/failover-1.txt
answering 102
server --hold-down 30s
call
equal "exit status of the caller" 0 $?
equal "INVITEs to the first target" 1 "$(sent "$(at 100)" '')"
equal "INVITEs to the second target" 1 "$(sent "$(at 101)" '')"
wait_for 60 [ -s "$cdr" ]
# Each attempt begins in the millisecond in which the one before ends, and not after the ten seconds of silence.
ended=$(grep -o '"end_ms":[0-9]*' "$cdr" | head -n 2 | tr -dc '0-9\n' | paste -s)
begun=$(grep -o '"start_ms":[0-9]*' "$cdr" | tail -n 2 | tr -dc '0-9\n' | paste -s)
equal "starts of the second and third attempt" "$ended" "$begun"
check "the third target is asked before any timer: at $begun ms" [ "${begun#*$'\t'}" -lt 10000 ]
equal "attempts in the record that could not be reached" 2 "$(grep -o '"unreachable"' "$cdr" | wc -l)"
# Those that have failed, and until when they are held down.
targets=$(control targets --json)
equal "destinations that have failed" 2 "$(grep -c '"address"' <<<"$targets")"
for failed in 100 101; do
    check "what fovctl shows of $failed: $targets" grep -q "\"$(at $failed)\", \"transport\": \"UDP\", \"state\": \"held\", \
\"failures\": 1, \"until\": \"20.*Z\", \"behind\": \"20.*Z\", \"cause\": \"unreachable\"" <<<"$targets"
done
stop
report
