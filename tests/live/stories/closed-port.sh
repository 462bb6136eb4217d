# SPDX-License-Identifier: MIT
# Nobody listens at the first two targets: ICMP says so, and the third is asked at once.
. tests/live/lib.sh
plan plans/failover-1.txt
answering 102
server
call
equal "exit status of the caller" 0 $?
first=$(times "$(at 100)" 'INVITE ' | head -n 1)
third=$(times "$(at 102)" 'INVITE ' | head -n 1)
check "the third target is asked at once: $first $third" between 0 50 $((third - first))
equal "INVITEs to the first target" 1 "$(sent "$(at 100)" '')"
equal "INVITEs to the second target" 1 "$(sent "$(at 101)" '')"
wait_for 5 [ -s "$cdr" ]
equal "attempts in the record that could not be reached" 2 "$(grep -o '"unreachable"' "$cdr" | wc -l)"
stop
report
