# SPDX-License-Identifier: MIT
# Targets whose certificates are not good any more, not good yet, or of nobody whom we trust: the next one at once, and
# the log says what was wrong. The same for those who call, where they must show one.
. tests/live/lib.sh
. tests/live/secure.sh
certificate fovrun "IP:$net.1"
dated old "IP:$net.100" "30 days ago" "1 hour ago"
dated early "IP:$net.101" "1 hour" "30 days"
stranger strange "IP:$net.102"
certificate good "IP:$net.103"
cat >"$work/four.txt" <<'END'
[Deploy Patterns]
To = sip:100@192.168.0.100
$transport = TLS
$session = failover sip:101@192.168.0.101/TLS sip:102@192.168.0.102/TLS sip:103@192.168.0.103/TLS
END
plan "$work/four.txt"
tunnel old "$(at 100)" "$net.100:$((port + 1))" "cert = $tls/old.pem"
tunnel early "$(at 101)" "$net.101:$((port + 1))" "cert = $tls/early.pem"
tunnel strange "$(at 102)" "$net.102:$((port + 1))" "cert = $tls/strange.pem"
secure_party 103 $here/answer.xml good
tls_server() {
    server -l "udp:$net.1:0" -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority" "$@"
}

tls_server
to=$(sed -n 's/.*event=listening transport=udp .*address=//p' "$log")
call
equal "exit status of the caller" 0 $?
stop
# failed HOST REASON: so ended the attempt there
failed() {
    check "the log says of $1: $2" grep -q "event=tls-failed remote=$(at "$1") cause=tls-handshake reason=\"$2" "$log"
    check "the attempt at $1 ended by it" grep -q "event=attempt-end .* destination=$(at "$1") cause=tls-handshake" \
        "$log"
}
failed 100 "certificate has expired"
failed 101 "certificate is not yet valid"
failed 102 "unable to get local issuer certificate"
equal "INVITEs to the good one" 1 "$(sent "$(at 103)" 'INVITE ')"
check "the record names the causes" grep -Eq '("cause":"tls-handshake".*){3}"result":"answered"' "$cdr"

dated old-client "DNS:peer.example" "30 days ago" "1 hour ago"
dated early-client "DNS:peer.example" "1 hour" "30 days"
stranger strange-client "DNS:peer.example"
certificate good-client "DNS:peer.example"
tls_server --tls-verify-client required
listener=$(sed -n 's/.*event=listening transport=tls address=//p' "$log")
# asks [CERTIFICATE]: a request over TLS; what is answered
asks() {
    local line= own=(${1:+-cert "$tls/$1.pem" -key "$tls/$1.pem"})
    read -r -t 60 line < <(printf '%s\r\n' "OPTIONS sip:$net.1 SIP/2.0" "Via: SIP/2.0/TLS $net.5;branch=z9hG4bKx" \
        'From: <sip:a@peer.example>;tag=a' "To: <sip:$net.1>" 'Call-ID: x' 'CSeq: 1 OPTIONS' 'Content-Length: 0' '' |
        openssl s_client -quiet -connect "$listener" -CAfile "$authority" "${own[@]}" 2>/dev/null)
    echo "$line"
}
# turned_away REASON [CERTIFICATE]: again and again until the log says so, which tells of one in a second
tells() { [ -z "$(asks "${2:-}")" ] && grep -q "event=tls-failed remote=.* cause=tls-handshake reason=\"$1" "$log"; }
turned_away() { check "who shows ${2:-no certificate} is turned away: $1" wait_for 60 tells "$@"; }
turned_away "peer did not return a certificate"
turned_away "certificate has expired" old-client
turned_away "certificate is not yet valid" early-client
turned_away "unable to get local issuer certificate" strange-client
check "who shows a good one is answered" grep -q '^SIP/2.0 ' <<<"$(asks good-client)"
stop
report
