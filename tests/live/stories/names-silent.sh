# SPDX-License-Identifier: MIT
# A name server that stays silent: after some seconds the next target. Meanwhile who needs no name is not held up, nor
# who is helped by /etc/hosts.
. tests/live/lib.sh
cat >"$work/names.txt" <<PLAN
[Matching Patterns]
To = sip:100@
[Deploy Patterns]
To = sip:100@slow.example.net
\$session = failover sip:101@192.168.0.101

[Matching Patterns]
To = sip:200@
[Deploy Patterns]
To = sip:200@192.168.0.102

[Deploy Patterns]
To = sip:300@localhost:$port
PLAN
plan "$work/names.txt"
names 'slow.example.net silent
slow.example.net A @103'
answering 101
answering 102
party 127.0.0.1 "$port" $here/answer.xml
server --resolver "$net.53:$port"
call &
waiting=$!
children+=($waiting)
wait_for 60 [ -s "$work/asked" ] || give_up "the name server is not asked"
call -s 200
equal "exit status of a caller who needs no name" 0 $?
call -s 300
equal "exit status of a caller to localhost" 0 $?
equal "questions for localhost" 0 "$(grep -c localhost "$work/asked")"
wait "$waiting"
equal "exit status of the caller who waits" 0 $?
equal "INVITEs to the next target" 1 "$(sent "$(at 101)" 'INVITE ')"
wait_for 60 [ "$(grep -c dns-timeout "$cdr")" = 1 ]
ended=$(grep dns-timeout "$cdr" | grep -o '"end_ms":[0-9]*' | head -n 1 | tr -dc 0-9)
check "the name server is given up after 4.5 s: $ended ms" between 4400 9000 "$ended"
stop
report
