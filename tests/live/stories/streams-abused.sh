# SPDX-License-Identifier: MIT
# What nobody sends who means well, behind a good handshake of TLS or of a WebSocket: garbage, half a request, a message
# and a frame longer than any may be; and somebody who opens connections as fast as a shell can. All of them are closed
# and counted, and a caller gets through while they are there.
. tests/live/lib.sh
. tests/live/secure.sh
certificate fovrun "IP:$net.1"
plan plans/failover-2.txt '/^.session/d; s/@[0-9.]*100:/@'"$net.102:/"
party "$net.102" "$port" $here/answer.xml -t t1
server -l "tls:$net.1:0" -l "tcp:$net.1:0" -l "ws:$net.1:0" --tls-certificate "$tls/fovrun.pem" \
    --max-connections-per-source 20 --message-timeout 14s
listener() { sed -n "s/.*event=listening transport=$1 address=//p" "$log"; }
secure_caller

# over_tls NAME: says over TLS what comes on its input, and stays; what is answered, until the server closes, is in
# $work/NAME
over_tls() {
    openssl s_client -quiet -connect "$(listener tls)" -CAfile "$authority" >"$work/$1" 2>"$work/$1.errors"
    : >"$work/$1.closed"
}
said() { printf "INVITE sip:100@$net.1 SIP/2.0\r\nVia: SIP/2.0/TLS $net.5;branch=z9hG4bKx\r\n%b" "$1"; }
long='From: <sip:a@fov.example>;tag=a\r\nTo: <sip:100@fov.example>\r\nCall-ID: long\r\nCSeq: 1 INVITE\r\n'
begun=$SECONDS
(head -c 200000 /dev/zero | tr '\0' 'x') | over_tls garbage &
children+=($!)
said "${long}Content-Length: 99999999\r\n\r\n" | over_tls long &
children+=($!)
said '' | over_tls half &
children+=($!)
check "garbage ends the connection" wait_for 60 [ -e "$work/garbage.closed" ]
check "so does a message that is too long" wait_for 60 [ -e "$work/long.closed" ]
check "which is answered: $(head -n 1 "$work/long")" grep -q '^SIP/2.0 513 ' "$work/long"
check "half a request is sent" wait_for 60 [ -s "$work/half.errors" ] # who the server is

# Frames of a WebSocket that announce more than a message may have: 2^40 bytes, and no room is made for them.
exec {page}<>"/dev/tcp/$(listener ws | tr : /)"
printf '%s\r\n' 'GET / HTTP/1.1' "Host: $net.1" 'Upgrade: websocket' 'Connection: Upgrade' 'Sec-WebSocket-Version: 13' \
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' 'Sec-WebSocket-Protocol: sip' '' >&"$page"
while read -r -t 60 -u "$page" line && [ "$line" != $'\r' ]; do echo "$line"; done >"$work/page"
check "the WebSocket is opened" grep -q '^HTTP/1.1 101 ' "$work/page"
printf '\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00aaaaINVITE' >&"$page"
equal "what is answered to the frame" "88 02 03 f1" "$(timeout 60 od -An -tx1 <&"$page" | xargs)"
exec {page}>&-

# Connects, and nothing else.
(
    for ((i = 0; i < 500; i++)); do exec {fd}<>"/dev/tcp/${address/://}"; done
    exec sleep infinity
) 2>/dev/null &
children+=($!)
check "connections are refused" wait_for 60 grep -q 'event=connections-refused count=' "$log"
secure_call
equal "exit status of the caller over TLS" 0 $?
to=$(listener tcp) call -t t1
equal "exit status of the caller over TCP" 0 $?

check "half a request is waited for, and then that is closed, too" wait_for 60 [ -e "$work/half.closed" ]
check "that takes fourteen seconds, as it was set, and more on a busy machine: $((SECONDS - begun))" between 13 90 \
    $((SECONDS - begun))
equal "INVITEs that went on" 2 "$(sent "$(at 102)" 'INVITE ')"
stop
check "they were counted" \
    grep -Eq 'event=counters .* malformed=2 .* connections-refused=[1-9][0-9]* connections-timed-out=[1-9]' "$log"
report
