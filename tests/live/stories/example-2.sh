# SPDX-License-Identifier: MIT
# Published example 2: all three attempts go over TCP. The first target is silent, the second is killed before it has
# answered, the third answers; everything is said once.
. tests/live/lib.sh
plan plans/failover-2.txt '/^.session/a &failover.timer.inviting = 5'
over_tcp=(-t t1)
party "$net.100" "$port" $here/silent.xml "${over_tcp[@]}"
party "$net.101" "$port" $here/silent.xml "${over_tcp[@]}"
second=$!
disown # bash would tell of its end
party "$net.102" "$port" $here/answer.xml "${over_tcp[@]}"
server -l "tcp:$net.1:0"
call "${over_tcp[@]}" &
caller=$!
children+=($caller)
check "the second target gets its INVITE" wait_for 60 grep -q "event=sent .* to=$(at 101) .* line=\"INVITE" "$log"
kill -KILL "$second"
wait "$caller"
equal "exit status of the caller" 0 $?
equal "INVITEs to the first target" 1 "$(sent "$(at 100)" 'INVITE sip:100@')"
read -r low high < <(tries "$(at 100)" '')
equal "messages to the first target" "1 1" "$low $high"
equal "INVITEs to the second target" 1 "$(sent "$(at 101)" 'INVITE sip:101@')"
equal "INVITEs to the third target" 1 "$(sent "$(at 102)" 'INVITE sip:102@')"
equal "ACKs to the third target" 1 "$(sent "$(at 102)" 'ACK ')"
equal "BYEs to the third target" 1 "$(sent "$(at 102)" 'BYE ')"
wait_for 60 [ -s "$cdr" ]
equal "causes of the attempts" "timeout-inviting reset response" \
    "$(grep -o '"cause":"[^"]*"' "$cdr" | cut -d '"' -f 4 | paste -s -d ' ')"
equal "transports of the attempts" "TCP TCP TCP" \
    "$(grep -o '"transport":"[^"]*"' "$cdr" | cut -d '"' -f 4 | paste -s -d ' ')"
stop
check "four connections in all" grep -q 'event=counters .* connections-accepted=1 connections-opened=3 ' "$log"
report
