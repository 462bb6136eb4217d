# SPDX-License-Identifier: MIT
# Who never reads what he is sent is closed when a megabyte waits for him, over every transport; so is who sends a
# message in ten thousand pieces, or a handshake without end. Memory is as before afterwards, and callers get through
# meanwhile.
. tests/live/lib.sh
. tests/live/secure.sh
. tests/live/strangers.sh
certificate fovrun "IP:$net.1"
waiting_target
# What they ask is asked of the server itself, so that nothing of it waits elsewhere.
server -l "udp:$net.1:0" -l "tcp:$net.1:0" -l "tls:$net.1:0" -l "ws:$net.1:0" -l "wss:$net.1:0" \
    --tls-certificate "$tls/fovrun.pem" --log-level notice --domain fov.example
newcomers 10 tls
rest=$(kilobytes)
for transport in tcp tls ws wss; do abuse "deaf-$transport" deaf 1000000 $transport; done
for transport in ws wss; do
    abuse "pings-$transport" pings 1000000 $transport
    abuse "pieces-$transport" pieces 10000 $transport
    abuse "head-$transport" head 10000 $transport
done
for transport in udp tcp tls; do newcomers 30 $transport; done
for name in "${!abusers[@]}"; do
    said=$(came "$name")
    check "$name is closed: $said" grep -q ', closed$' <<<"$said"
done
# Who reads may ping as often as he likes.
abuse chat chat 10000 ws
check "so he does: $(came chat)" grep -q '^said 10000 of 10000, open' "$work/chat"
more() { echo $(($(kilobytes) - rest)); }
no_more() { [ "$(more)" -lt 4096 ]; }
if [ -z "${SAN:-}" ]; then
    wait_for 60 no_more
    check "it holds no more than before: $(more) KB" no_more
fi
newcomers 10 tcp
stop
check "those who do not read were counted" grep -q 'event=counters .* connections-unread=6 ' "$log"
report
