# SPDX-License-Identifier: MIT
# A name's SRV records by priority, asked of a name server over UDP and, as the answer is too long, TCP. Nobody listens
# at the first one; the second one answers. A name that does not exist before it costs nothing.
. tests/live/lib.sh
cat >"$work/names.txt" <<'PLAN'
[Deploy Patterns]
To = sip:100@nowhere.example.net
$session = failover sip:101@pool.example.net
PLAN
plan "$work/names.txt"
names '
_sip._udp.pool.example.net SRV 10 0 @port sip1.example.net
_sip._udp.pool.example.net SRV 20 0 @port sip2.example.net
_sip._udp.pool.example.net truncated
sip1.example.net A @101
sip2.example.net CNAME host2.example.net
host2.example.net A @102
'
answering 102
server --resolver "$net.53:$port"
call
equal "exit status of the caller" 0 $?
equal "INVITEs to the first record" 1 "$(sent "$(at 101)" 'INVITE sip:101@pool.example.net ')"
equal "INVITEs to the second record" 1 "$(sent "$(at 102)" 'INVITE sip:101@pool.example.net ')"
equal "questions for the services over TCP" 1 "$(asked '_sip._udp.pool.example.net SRV tcp')"
wait_for 60 [ -s "$cdr" ]
check "the causes are in the record: $(cat "$cdr")" \
    grep -q '"dns-nxdomain".*"unreachable".*"response","code":200' "$cdr"
last=$(grep -o '"start_ms":[0-9]*' "$cdr" | tail -n 1 | tr -dc 0-9)
check "the second record is tried before any timer: at $last ms" [ "$last" -lt 1500 ]
call
equal "exit status of the second caller" 0 $?
equal "questions for the services after the second call" 1 "$(asked '_sip._udp.pool.example.net SRV tcp')"
equal "INVITEs to the second record after the second call" 2 "$(sent "$(at 102)" 'INVITE ')"
stop
report
