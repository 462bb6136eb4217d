# SPDX-License-Identifier: MIT
# --advertise is what Via and Record-Route name, and a Route that names it is ours.
. tests/live/lib.sh
plan plans/failover-1.txt
party "$net.100" "$port" $here/answer.xml -trace_msg -message_file "$work/heard"
server --advertise sip.example.com:5999
call
equal "exit status of the caller" 0 $?
check "Via names it" wait_for 60 grep -q '^Via: SIP/2.0/UDP sip.example.com:5999;' "$work/heard"
check "Record-Route names it" grep -qi '^Record-Route: *<sip:[^>]*sip.example.com:5999[;>]' "$work/heard"
equal "ACKs to the target" 1 "$(sent "$(at 100)" 'ACK ')"
equal "BYEs to the target" 1 "$(sent "$(at 100)" 'BYE ')"
stop
report
