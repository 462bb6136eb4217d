# SPDX-License-Identifier: MIT
# A server at the edge of another one's domain: phones register through it over UDP from behind a NAT, over TCP and over
# TLS, and whoever is on the other side calls them by the Path that it has put into their REGISTER (RFC 5626, RFC 3327).
# Of a phone that is gone the registrar hears at once: 430.
. tests/live/lib.sh
. tests/live/phones.sh
. tests/live/secure.sh
. tests/live/home.sh
certificate edge "IP:$net.1"
at_home home.example
edge=$net.1:$port secure=$net.1:$((port + 1))
server -l "udp:$edge" -l "tcp:$edge" -l "tls:$secure" --domain edge.example --domain "$net.9" --tls-certificate \
    "$tls/edge.pem"
"$BUILD/tests/live/nat" "$net.9:$port" "$edge" "$net.9:0" >"$work/nat.out" &
nat=$!
children+=($nat)
wait_for 60 [ -s "$work/nat.out" ]

# inside NAME HOST EDGE [LINES...]: a phone that goes by the edge, and says which flow is its own
inside() { account=";sipnat=outbound;outbound=\"sip:$3\"" phone "$1" "$2" home.example secret "${@:4}"; }
phone alice 11 "$home" secret
inside udo 12 "$net.9:$port"
inside tom 13 "$edge;transport=tcp"
tom=${children[-1]}
inside ida 14 "$secure;transport=tls" "sip_cafile $authority"
for user in alice udo tom ida; do
    check "$user is registered" wait_for 60 said $user '200 OK .*\[1 binding\]'
done

calls=0
for user in udo tom ida; do
    calls=$((calls + 1))
    tell alice dial "sip:$user@$home"
    check "alice reaches $user" wait_for 60 said alice 'Call established' $((2 * calls - 1))
    check "$user hears alice" wait_for 60 said $user 'Call established'
    tell $user hangup
    check "alice hears that $user hangs up" wait_for 60 said alice 'session closed' $calls
    tell $user dial sip:alice@home.example
    check "$user reaches alice" wait_for 60 said $user 'Call established' 2
    tell alice hangup
    check "$user hears that alice hangs up" wait_for 60 said $user 'session closed'
done
equal "calls over the flows that the phones have opened" 6 "$(grep -c 'event=attempt .*method=INVITE' "$log")"

# gone USER PROCESS CAUSE: it is killed, and who calls is told at once that the user is not there
gone() {
    disown "$2" # bash would tell of its end
    kill -KILL "$2"
    silences=$((silences + 1))
    tell alice dial "sip:$1@$home"
    check "alice hears that $1 is not there" wait_for 60 said alice 'session closed: 480' $silences
    equal "430 of the edge after the end of $1" $silences "$(sent "$home" 'SIP/2.0 430 ')"
    check "the edge says why $1 is not reached: $3" grep -q "event=attempt-end .* uri=\"*sip:$1.* cause=$3 " "$log"
}
silences=0
gone udo $nat unreachable
gone tom "$tom" flow-failed
stop_both
check "all came over connections that the phones have opened" \
    grep -q 'event=counters .* connections-accepted=2 connections-opened=0 ' "$log"
report
