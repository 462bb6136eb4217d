# SPDX-License-Identifier: MIT
# Behind a wildcard listener Via and Record-Route name the address that the kernel uses towards the peer, and answers
# leave from the address that was called.
. tests/live/lib.sh
plan plans/failover-1.txt
party "$net.100" "$port" $here/answer.xml -trace_msg -message_file "$work/heard"
server -l udp:0.0.0.0:0
bound=${address##*:}
to=$net.77:$bound call
equal "exit status of the caller" 0 $?
# Towards 127.0.0.0/8 the kernel's source is 127.0.0.1.
check "Via names it" wait_for 60 grep -q "^Via: SIP/2.0/UDP 127.0.0.1:$bound;" "$work/heard"
check "Record-Route names it" grep -qi "^Record-Route: *<sip:[^>]*127.0.0.1:${bound}[;>]" "$work/heard"
check "answers leave from the address called" \
    grep -q "event=sent .*from=$net.77:$bound to=$net.2:.*line=\"SIP/2.0 200" "$log"
equal "answers from another address" 0 "$(grep "event=sent .* to=$net.2:" "$log" | grep -vc "from=$net.77:$bound ")"
stop
report
