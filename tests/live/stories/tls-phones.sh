# SPDX-License-Identifier: MIT
# A phone registers over TLS and is called over the connection that it opened: there is no other way to it. The caller
# is a phone on UDP. Certificates of phones are nobody's business here.
. tests/live/lib.sh
. tests/live/phones.sh
. tests/live/secure.sh
certificate fovrun "DNS:fov.example,IP:$net.1"
plan_for_phones
server -l "udp:$net.1:$port" -l "tls:$net.1:$((port + 1))" --domain fov.example --tls-certificate "$tls/fovrun.pem"
phone alice 11 "$net.1:$port" secret
phone bob 12 "$net.1:$((port + 1));transport=tls" secret "sip_cafile $authority"
for user in alice bob; do
    check "$user is registered" wait_for 60 said $user '200 OK .*\[1 binding\]'
done
tell alice dial "sip:bob@$net.1:$port"
check "alice reaches bob" wait_for 60 said alice 'Call established'
check "bob hears alice" wait_for 60 said bob 'Call established'
tell alice hangup
check "bob hears that alice hangs up" wait_for 60 said bob 'session closed'
tell bob dial "sip:alice@$net.1:$((port + 1));transport=tls"
check "bob reaches alice" wait_for 60 said bob 'Call established' 2
tell bob hangup
check "bob's BYE comes over TLS" wait_for 60 grep -q 'event=sent .* to='"$net.11:$port"' .*method=BYE' "$log"
stop
check "bob's connection is the only one" grep -q 'event=counters .* connections-accepted=1 connections-opened=0 ' "$log"
report
