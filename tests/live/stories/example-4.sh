# SPDX-License-Identifier: MIT
# Published example 4: any 4xx leads to the second target.
. tests/live/lib.sh
plan plans/failover-4.txt
refusing 100 404 "Not Found"
answering 101
server
call
equal "exit status of the caller" 0 $?
equal "INVITEs to the first target" 1 "$(sent "$(at 100)" 'INVITE sip:100@')"
equal "ACKs to the first target" 1 "$(sent "$(at 100)" 'ACK sip:100@')"
equal "INVITEs to the second target" 1 "$(sent "$(at 101)" 'INVITE sip:101@')"
equal "404s to the caller" 0 "$(sent "$net.2:[0-9]*" 'SIP/2.0 404')"
wait_for 60 [ -s "$cdr" ]
ended=$(grep -o '"end_ms":[0-9]*' "$cdr" | head -n 1 | tr -dc 0-9)
begun=$(grep -o '"start_ms":[0-9]*' "$cdr" | tail -n 1 | tr -dc 0-9)
equal "the second attempt begins, in ms, when the first ends" "$ended" "$begun"
stop
report
