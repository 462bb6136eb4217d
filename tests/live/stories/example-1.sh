# SPDX-License-Identifier: MIT
# Published example 1, with a silent first target: 200 calls at 50 a second are answered by the second.
. tests/live/lib.sh
plan plans/failover-1.txt
silent 100
answering 101
answering 102
server
call -m 200 -r 50
equal "exit status of the caller" 0 $?
equal "INVITEs of the caller" 200 "$(received "$net.2:[0-9]*" 'INVITE ')"
equal "INVITEs to the first target" 200 "$(sent "$(at 100)" 'INVITE sip:100@')"
equal "these and anything else to the first target" 200 "$(sent "$(at 100)" '')"
# Ten seconds of silence: an INVITE at 0, and repeated at 0.5, 1.5, 3.5 and 7.5 s (RFC 3261 17.1.1.2), and no more.
read -r low high < <(tries "$(at 100)" '')
check "the first target hears each INVITE five times: $low to $high" [ "$low" -ge 2 -a "$high" -le 5 ]
equal "INVITEs to the second target" 200 "$(sent "$(at 101)" 'INVITE sip:101@')"
equal "messages to the third target" 0 "$(sent "$(at 102)" '')"
equal "finals to the caller" 200 "$(($(sent "$net.2:[0-9]*" 'SIP/2.0 200 OK') / 2))" # INVITE and BYE
equal "other finals to the caller" 0 "$(sent "$net.2:[0-9]*" 'SIP/2.0 [3-6]')"
equal "ACKs to the second target" 200 "$(sent "$(at 101)" 'ACK ')"
equal "BYEs to the second target" 200 "$(sent "$(at 101)" 'BYE ')"
equal "call records" 200 "$(wc -l <"$cdr")"
stop
check "the counters say the same" grep -q 'event=counters .* calls=200 answered=200 .* attempts=600 failovers=200 ' \
    "$log"
report
