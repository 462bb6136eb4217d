# SPDX-License-Identifier: MIT
# Example 2 over WebSockets and TLS: the first target is a web server, the second one has the certificate of somebody
# else, the third is another fovrun.
. tests/live/lib.sh
. tests/live/secure.sh
. tests/live/far.sh
for name in fovrun:1 web:100 far:102; do certificate ${name%:*} "IP:$net.${name#*:}"; done
for host in 100 101; do
    openssl s_server -accept "$(at $host)" -cert "$tls/web.pem" -www -quiet >"$work/web-$host.out" 2>&1 &
    children+=($!)
    wait_for 60 bound "$net.$host" "$port" tcp || give_up "a web server does not start: $(cat "$work/web-$host.out")"
done
far -l "udp:$net.102:0" -l "wss:$net.102:$port" --tls-certificate "$tls/far.pem" \
    --tls-ca "$authority"
plan plans/failover-2.txt 's|TCP|WSS|g'
server -l "udp:$net.1:0" -l "wss:$net.1:0" --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority"
far_calls 0
equal "causes of the attempts" "20 refused tls-identity response" "$(causes)"
check "the log says what the first one answers" \
    grep -q "event=websocket-refused remote=$(at 100) cause=refused reason=\"HTTP/1.0 200 ok\"" "$log"
report
