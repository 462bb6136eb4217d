# SPDX-License-Identifier: MIT
# SIGTERM while a call over TCP rings: it is answered on its connections; those on which nothing happens, or half a
# request has come, hold nothing up, and are closed in order when the server ends.
. tests/live/lib.sh
. tests/live/secure.sh
certificate fovrun "IP:$net.1"
plan plans/failover-1.txt 's|^(.session = .*)|$transport = TCP\n\1|'
party "$net.100" "$port" $here/ring.xml -t t1
server -l "tcp:$net.1:0" -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem"
secure=$(sed -n 's/.*event=listening transport=tls address=//p' "$log")
exec {idle}<>"/dev/tcp/${address/://}"
exec {half}<>"/dev/tcp/${address/://}"
printf 'INVITE sip:100@fov.example SIP/2.0\r\nVia: ' >&"$half"
mkfifo "$work/silence"
exec {silence}<>"$work/silence"
openssl s_client -brief -connect "$secure" -CAfile "$authority" <"$work/silence" >"$work/idle-tls" 2>&1 &
client=$!
children+=($client)
check "TLS is agreed on" wait_for 60 grep -q '^Protocol version' "$work/idle-tls"
call -t t1 &
caller=$!
check "the call rings" wait_for 60 grep -q 'event=sent .*line="SIP/2.0 180' "$log"
kill -TERM "$fovrun"
check "draining is logged" wait_for 60 grep -q 'event=draining' "$log"
wait "$caller"
equal "exit status of the caller" 0 $?
wait "$fovrun"
equal "exit status of fovrun" 0 $?
check "the end is logged" grep -q 'event=stopped running=0' "$log"
equal "what the idle connection hears" "" "$(timeout 60 cat <&"$idle")"
equal "what half a request gets" "" "$(timeout 60 cat <&"$half")"
wait "$client"
equal "exit status of the TLS client, which has heard a good-bye" 0 $?
report
