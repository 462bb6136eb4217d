# SPDX-License-Identifier: MIT
# Published example 3: thirty seconds of silence, then the second target.
. tests/live/lib.sh
plan plans/failover-3.txt
silent 100
answering 101
answering 102
server
call
equal "exit status of the caller" 0 $?
first=$(times "$(at 100)" 'INVITE ' | head -n 1)
second=$(times "$(at 101)" 'INVITE ' | head -n 1)
check "the second target is asked after 30 s: $first $second" between 30000 30200 $((second - first))
# 0, 0.5, 1.5, 3.5, 7.5, 15.5 s; the next would be due at 31.5 s
equal "INVITEs to the first target" 6 "$(sent "$(at 100)" '')"
equal "messages to the third target" 0 "$(sent "$(at 102)" '')"
stop
report
