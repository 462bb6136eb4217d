# SPDX-License-Identifier: MIT
# Somebody begins handshakes of TLS as fast as he can and leaves each when the server has done its part. Callers who
# have never been here get through, over TLS too, and the log is not full of him.
. tests/live/lib.sh
. tests/live/secure.sh
. tests/live/strangers.sh
certificate fovrun "IP:$net.1"
waiting_target
server -l "udp:$net.1:0" -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem" --log-level info
abuse greet greet 4000 tls
for transport in udp tls; do
    newcomers 50 $transport
    echo "note: handshakes are begun as fast as they go; $(cat "$work/newcomers")"
done
said=$(came greet)
failed() { sed -n 's/.*event=counters .* tls-failed=\([0-9]*\).*/\1/p' "$log"; }
told() { grep -c 'event=tls-failed' "$log"; }
stop
check "many handshakes failed: $said, $(failed)" [ "$(failed)" -gt 50 ]
check "the log tells of one a second: $(told)" between 1 20 "$(told)"
check "and how many these stand for" grep -q 'event=tls-failed .* untold=[1-9]' "$log"
report
