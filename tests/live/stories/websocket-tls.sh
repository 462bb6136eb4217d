# SPDX-License-Identifier: MIT
# The same browser over TLS, and a server that is started again: who was registered over a connection to the one before
# is away.
. tests/live/lib.sh
. tests/live/browser.sh
. tests/live/secure.sh
plan plans/failover-1.txt '1s/.*/[Matching Patterns]\n$request = ^INVITE sip:100@/'
certificate fovrun "DNS:fov.example,IP:$net.1"
server -l "udp:$net.1:0" -l "wss:$net.1:0" --domain=fov.example --tls-certificate "$tls/fovrun.pem"
browse wss "$(sed -n 's/.*event=listening transport=wss address=//p' "$log")"
phone registrant.xml -s bob
equal "exit status of the phone that registers" 0 $?
party "$net.4" "$phone" "$work/browser-answer.xml"
call -s bob -m 20 -r 20
equal "exit status of the caller" 0 $?
equal "INVITEs that went through the WebSocket" 20 \
    "$(sent "$net.3:[0-9]*" 'INVITE sip:bob@phone.invalid;transport=ws ')"
equal "contacts that are listed" 1 "$(control registration list bob | grep -c 'sip:bob@')"
kill -KILL "$fovrun"
wait "$fovrun" 2>/dev/null

server -l "udp:$net.1:0" -l "wss:$net.1:0" --domain=fov.example --tls-certificate "$tls/fovrun.pem"
refused_call 480 -s bob
equal "exit status of a caller after the restart" 0 $?
stop
equal "contacts that are listed then" 0 "$(control registration list bob | grep -c 'sip:bob@')"
report
