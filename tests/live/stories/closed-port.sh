# SPDX-License-Identifier: MIT
# Nobody listens at the first two targets: ICMP says so, and the third is asked at once.
. tests/live/lib.sh
plan plans/failover-1.txt
answering 102
server
call
equal "exit status of the caller" 0 $?
equal "INVITEs to the first target" 1 "$(sent "$(at 100)" '')"
equal "INVITEs to the second target" 1 "$(sent "$(at 101)" '')"
wait_for 5 [ -s "$cdr" ]
begun=$(grep -o '"start_ms":[0-9]*' "$cdr" | tail -n 1 | tr -dc 0-9)
check "the third target is asked at once: after $begun ms" between 0 250 "${begun:-9999}" # a busy machine's, not ours
equal "attempts in the record that could not be reached" 2 "$(grep -o '"unreachable"' "$cdr" | wc -l)"
stop
report
