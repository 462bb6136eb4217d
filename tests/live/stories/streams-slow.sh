# SPDX-License-Identifier: MIT
# Who sends a byte a second is closed when a message, a handshake of TLS or one of a WebSocket takes longer than it may,
# whatever that is sent over; and callers get through meanwhile.
. tests/live/lib.sh
. tests/live/secure.sh
. tests/live/strangers.sh
certificate fovrun "IP:$net.1"
waiting_target
server -l "udp:$net.1:0" -l "tcp:$net.1:0" -l "tls:$net.1:0" -l "ws:$net.1:0" -l "wss:$net.1:0" \
    --tls-certificate "$tls/fovrun.pem" --message-timeout 3s
abuse request drip 1000 tcp
abuse request-tls drip 1000 tls
abuse hello hello 1000 tls
abuse hello-wss hello 1000 wss
abuse upgrade upgrade 1000 ws
abuse upgrade-wss upgrade 1000 wss
abuse frame drip 1000 ws
abuse frame-wss drip 1000 wss
for transport in udp tcp tls; do newcomers 30 $transport; done
for name in "${!abusers[@]}"; do
    said=$(came "$name")
    ms=$(sed -n 's/^closed after \([0-9]*\) ms.*/\1/p' <<<"$said")
    check "$name is closed after three seconds, or a little more on a busy machine: $said" between 2900 20000 "${ms:-0}"
done
stop
check "they were counted" grep -q "event=counters .* connections-timed-out=${#abusers[@]} tls-failed=2 " "$log"
report
