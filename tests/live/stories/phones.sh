# SPDX-License-Identifier: MIT
# Two phones (of the kind that gives up when it sees SHA-256) register with passwords, one of them from behind a NAT;
# the server is killed and started again; then they call each other by name, and the calls still arrive.
. tests/live/lib.sh
. tests/live/phones.sh
plan_for_phones
for user in alice bob; do
    "$BUILD/fovctl" -s "$work/state" user add $user --realm fov.example <<<"secret-of-$user" ||
        give_up "fovctl user add $user"
done
serve() {
    server -l "udp:$net.1:$port" --domain fov.example --domain "$net.9" --realm fov.example --auth invite \
        --auth-digest md5
}
serve
"$BUILD/tests/live/nat" "$net.9:$port" "$net.1:$port" "$net.9:0" >"$work/nat.out" &
children+=($!)
wait_for 60 [ -s "$work/nat.out" ]
outside=$(cat "$work/nat.out")
phone alice 11 "$net.1:$port" secret-of-alice
# Bob's says which flow of his it is, and asks by STUN whether that is still open (RFC 5626).
account=";sipnat=outbound;outbound=\"sip:$net.9:$port\"" phone bob 12 "$net.9:$port" secret-of-bob
for user in alice bob; do
    check "$user is registered" wait_for 60 said $user '200 OK .*\[1 binding\]'
done
equal "registrations that fovctl lists" 2 \
    "$("$BUILD/fovctl" -s "$work/state" --json registration list | grep -o '"contact"' | wc -l)"
check "bob learns by STUN where the NAT has him" wait_for 60 \
    grep -q "event=sent .* to=$outside .* bytes=32 line=\"\\\\x01\\\\x01" "$log"

kill -KILL "$fovrun"
wait "$fovrun" 2>/dev/null
serve
tell alice dial "sip:bob@$net.1:$port"
check "alice reaches bob" wait_for 60 said alice 'Call established'
check "bob hears alice" wait_for 60 said bob 'Call established'
equal "INVITEs to bob's own address" 0 "$(sent "$net.12:$port" 'INVITE ')"
check "INVITEs to the NAT's outside" [ "$(sent "$outside" 'INVITE ')" -ge 1 ]
tell alice hangup
check "bob hears that alice hangs up" wait_for 60 said bob 'session closed'
tell bob dial "sip:alice@$net.9:$port"
check "bob reaches alice" wait_for 60 said bob 'Call established' 2
tell alice hangup
check "alice's BYE finds bob behind the NAT" wait_for 60 said bob 'session closed' 2
equal "requests sent to bob's own address" 0 "$(sent "$net.12:$port" '')"
stop
report
