# SPDX-License-Identifier: MIT
# Published example 2 with /TLS: the first target has the certificate of somebody else, the second one of its own
# making, the third answers. Nothing of the call is said to the first two.
. tests/live/lib.sh
. tests/live/secure.sh
certificate fovrun "IP:$net.1"
certificate other "DNS:other.example,IP:$net.99"
certificate good "IP:$net.102"
tools/certificate.sh "$tls/own" unknown "IP:$net.101"
plan plans/failover-2.txt "s|TCP|TLS|g"
secure_party 100 $here/answer.xml other
secure_party 101 $here/answer.xml own/unknown
secure_party 102 $here/answer.xml good
server -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority"
secure_caller
secure_call
equal "exit status of the caller" 0 $?
wait_for 60 [ -s "$cdr" ]
equal "causes of the attempts" "tls-identity tls-handshake response" \
    "$(grep -o '"cause":"[^"]*"' "$cdr" | cut -d '"' -f 4 | paste -s -d ' ')"
equal "transports of the attempts" "TLS TLS TLS" \
    "$(grep -o '"transport":"[^"]*"' "$cdr" | cut -d '"' -f 4 | paste -s -d ' ')"
check "the first two take less than a second" between 0 1000 "$(grep -o '"end_ms":[0-9]*' "$cdr" | sed -n '2s/.*://p')"
check "the log names who was there instead" grep -q 'event=tls-failed .*cause=tls-identity .*but for other.example' \
    "$log"
equal "ACKs to the third target" 1 "$(sent "$(at 102)" 'ACK ')"
equal "BYEs to the third target" 1 "$(sent "$(at 102)" 'BYE ')"
stop
check "four connections in all" grep -q 'event=counters .* connections-accepted=1 connections-opened=3 ' "$log"
report
