# SPDX-License-Identifier: MIT
# A name whose NAPTR records prefer TCP: of its servers the first one refuses, the address of the second comes late, and
# it is called over TCP. Before it, in another plan's list, a name server that fails and one that does not want to: the
# next at once, and the log says which it was.
. tests/live/lib.sh
cat >"$work/names.txt" <<'PLAN'
[Matching Patterns]
$request = ^INVITE sip:100@
[Deploy Patterns]
To = sip:100@both.example.net

[Deploy Patterns]
To = sip:200@broken.example.net
$session = failover sip:201@unwilling.example.net sip:202@late.example.net
PLAN
plan "$work/names.txt"
names '
both.example.net NAPTR 20 10 s SIP+D2U _sip._udp.both.example.net
both.example.net NAPTR 10 10 s SIP+D2T _sip._tcp.both.example.net
_sip._tcp.both.example.net SRV 20 0 @port late.example.net
_sip._tcp.both.example.net SRV 10 0 @port gone.example.net
_sip._udp.both.example.net SRV 10 0 @port gone.example.net
_sip._udp.late.example.net SRV 10 0 @port late.example.net
gone.example.net A @101
late.example.net A @102
late.example.net delayed 300
broken.example.net servfail
unwilling.example.net refused
'
answering 102
party "$net.102" "$port" $here/answer.xml -t t1
server --resolver "$net.53:$port" -l "udp:$net.1:0" -l "tcp:$net.1:0"
# attempts NAME: a field of the call's attempts
attempts() { grep -o "\"$1\":\"[^\"]*\"" "$cdr" | cut -d '"' -f 4 | paste -s -d ' '; }

call
equal "exit status of the caller" 0 $?
wait_for 60 [ -s "$cdr" ]
equal "causes of the attempts" "refused response" "$(attempts cause)"
equal "their transports" "TCP TCP" "$(attempts transport)"
equal "their destinations" "$(at 101) $(at 102)" "$(attempts destination)"
check "the late one is waited for: $(cat "$cdr")" between 300 60000 \
    "$(grep -o '"duration_ms":[0-9]*' "$cdr" | tr -dc 0-9)"
equal "questions for its NAPTR records" 1 "$(asked 'both.example.net NAPTR')"
equal "questions for its services over UDP" 0 "$(asked '_sip._udp.both.example.net SRV')"

: >"$cdr"
call -s 200
equal "exit status of the second caller" 0 $?
wait_for 60 [ -s "$cdr" ]
equal "causes of its attempts" "dns-timeout dns-timeout response" "$(attempts cause)"
equal "transports of its attempts" "UDP" "$(attempts transport)"
for reason in broken:SERVFAIL unwilling:REFUSED; do
    check "the log says of a name: $reason" \
        grep -q "event=name-unknown .*name=${reason%:*}.example.net .*reason=${reason#*:}" "$log"
done
stop
report
