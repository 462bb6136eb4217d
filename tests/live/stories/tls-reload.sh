# SPDX-License-Identifier: MIT
# A new certificate is taken on SIGHUP: who connects then gets it, and a call over a connection from before goes on. A
# bad file changes nothing.
. tests/live/lib.sh
. tests/live/secure.sh
certificate fovrun "IP:$net.1,DNS:old.example"
cat >"$work/one.txt" <<'END'
[Deploy Patterns]
To = sip:100@192.168.0.100
END
plan "$work/one.txt"
answering 100
server -l "tls:$net.1:0" -l "udp:$net.1:0" --tls-certificate "$tls/fovrun.pem"
secure_caller
# shown: the name in the certificate that fovrun shows
shown() {
    openssl s_client -connect "$address" -CAfile "$authority" </dev/null 2>/dev/null |
        openssl x509 -noout -ext subjectAltName 2>/dev/null | grep -o '[a-z]*\.example'
}
equal "the certificate at first" old.example "$(shown)"
# Holds the call until the files have been read again twice.
awk '
    /<send/ { held = $0; next }
    held { if (/^BYE/) print "  <pause milliseconds=\"5000\"/>"; print held; held = "" }
    { print }' $here/caller.xml >"$work/long-caller.xml"
secure_call -sf "$work/long-caller.xml" &
calling=$!
wait_for 60 grep -q 'event=received .*method=ACK' "$log" || give_up "the call does not begin"
certificate fovrun "IP:$net.1,DNS:new.example"
kill -HUP "$fovrun"
check "it says so" wait_for 60 grep -q 'event=tls-reloaded' "$log"
equal "the certificate afterwards" new.example "$(shown)"
echo nothing >"$tls/fovrun.pem"
kill -HUP "$fovrun"
check "it says why not" wait_for 60 \
    grep -q 'event=tls-not-reloaded error="cannot use the certificate .*: no start line"' "$log"
equal "the certificate still" new.example "$(shown)"
wait "$calling"
equal "exit status of the caller" 0 $?
equal "BYEs to the target" 1 "$(sent "$(at 100)" 'BYE ')"
stop
report
