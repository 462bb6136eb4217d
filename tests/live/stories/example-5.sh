# SPDX-License-Identifier: MIT
# Published example 5: a 302 leads to the Contact that it names.
. tests/live/lib.sh
plan plans/failover-5.txt
refusing 100 302 "Moved Temporarily" "<sip:elsewhere@$net.103:$port>"
answering 103
server
call
equal "exit status of the caller" 0 $?
equal "ACKs to the redirecting target" 1 "$(sent "$(at 100)" 'ACK ')"
equal "INVITEs to the Contact" 1 "$(sent "$(at 103)" "INVITE sip:elsewhere@$net.103:$port ")"
equal "302s to the caller" 0 "$(sent "$net.2:[0-9]*" 'SIP/2.0 302')"
stop
report
