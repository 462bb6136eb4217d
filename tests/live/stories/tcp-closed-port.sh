# SPDX-License-Identifier: MIT
# Over TCP nobody listens at the first two targets: they refuse, and the third is asked at once. A hundred calls share
# the connection to it.
. tests/live/lib.sh
plan plans/failover-2.txt
party "$net.102" "$port" $here/answer.xml -t t1
server -l "tcp:$net.1:0"
call -t t1 -m 100 -r 50
equal "exit status of the caller" 0 $?
wait_for 60 grep -c '"final":200' "$cdr" >/dev/null
equal "attempts in the records that were refused" 200 "$(grep -o '"cause":"refused"' "$cdr" | wc -l)"
slow=$(grep -o '"duration_ms":[0-9]*' "$cdr" | tr -dc '0-9\n' | sort -n | tail -n 1)
check "the slowest call is set up before any timer: $slow ms" [ "$slow" -lt 3000 ]
equal "INVITEs to the third target" 100 "$(sent "$(at 102)" 'INVITE ')"
equal "connections to it" 1 "$(connections "$net.102" "$port")"
stop
check "one came from the caller" grep -q 'event=counters .* connections-accepted=1 ' "$log"
report
