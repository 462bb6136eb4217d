# SPDX-License-Identifier: MIT
# Whoever connects and says nothing, or what is no TLS, keeps nobody out.
. tests/live/lib.sh
. tests/live/secure.sh
certificate fovrun "IP:$net.1"
cat >"$work/one.txt" <<'END'
[Deploy Patterns]
To = sip:100@192.168.0.100
END
plan "$work/one.txt"
answering 100
server -l "tls:$net.1:0" -l "udp:$net.1:0" --tls-certificate "$tls/fovrun.pem" --max-connections-per-source 20
secure_caller
for said in "" "INVITE sip:100@fov.example SIP/2.0" "SSH-2.0-garbage"; do
    for _ in 1 2 3 4 5; do
        exec {fd}<>"/dev/tcp/${address%:*}/${address##*:}"
        [ -z "$said" ] || printf '%s\r\n\r\n' "$said" >&"$fd"
    done
done
check "what it was is said" wait_for 60 \
    grep -q 'event=tls-failed .* cause=tls-handshake reason="wrong version number"' "$log"
secure_call
equal "exit status of the caller" 0 $?
stop
report
