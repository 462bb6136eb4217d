# SPDX-License-Identifier: MIT
# Published example 4: a 5xx is passed on as it is.
. tests/live/lib.sh
plan plans/failover-4.txt
refusing 100 502 "Broken Here"
answering 101
server
refused_call 502
equal "exit status of the caller" 0 $?
equal "the 502 with its own phrase" 1 "$(sent "$net.2:[0-9]*" 'SIP/2.0 502 Broken Here')"
equal "messages to the second target" 0 "$(sent "$(at 101)" '')"
wait_for 60 [ -s "$cdr" ]
check "the record names the final" grep -q 502 "$cdr"
stop
report
