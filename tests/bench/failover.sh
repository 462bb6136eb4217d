#!/bin/bash
# SPDX-License-Identifier: MIT
# make bench-failover: how long it takes from a failure until the next INVITE leaves, over 1,000 calls on loopback.
# Where it may, it runs in a network of its own, with nothing but loopback: there is an address that no route leads to.
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
if [ "${1:-}" != alone ] && unshare -rn ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2016 # expanded there
    exec unshare -rn bash -c 'ip link set lo up && exec "$0" alone' "tests/bench/failover.sh"
fi
. tests/live/lib.sh
. tests/live/secure.sh
calls=${CALLS:-1000}

# measure KIND CAUSE [TIMER]: in ms; each call's first attempt must have ended by that cause
measure() {
    : >"$cdr"
    "$BUILD/tests/bench/failover" "$1" "$address" "$(at 100)" "$(at 101)" "$calls" "${3:-0}" ||
        give_up "the measurement with a first target that is: $1"
    wait_for 10 ended_by "$2" || give_up "not all first attempts of the kind $1 ended by the cause $2"
}
ended_by() { [ "$(grep -o '"attempts":\[{[^}]*}' "$cdr" | grep -c "\"cause\":\"$1\"")" = "$calls" ]; }
# serve [OPTIONS...]: as one serves: a line for each message is not part of the path
serve() { server --log-level notice -l "udp:$net.1:0" "$@"; }

plan plans/first.txt
timer=$(sed -n 's/^&failover.timer.inviting = //p' "$work/plan.txt") # seconds
serve
measure refuse response
measure closed unreachable
measure silent timeout-inviting $((timer * 1000))
stop

over_tcp='/^To = sip:%1/a $transport = TCP'
plan plans/first.txt "$over_tcp"
serve -l "tcp:$net.1:0"
measure refused refused
measure reset reset
stop

if [ "${1:-}" = alone ]; then
    nowhere='/^To = sip:%1/s/@.*/@192.0.2.100/'
    plan plans/first.txt "$nowhere"
    serve
    measure unreachable unreachable
    stop
    plan plans/first.txt "$nowhere; $over_tcp"
    serve -l "tcp:$net.1:0"
    measure unreachable-tcp unreachable
    stop
else
    echo "no measurement without a route: no network namespace (unshare -rn)"
fi

# A name of its own for each call: nothing is known before.
cat >"$work/names.txt" <<'PLAN'
[Matching Patterns]
Call-ID = ^bench-[0-9]+-([0-9]+)
[Deploy Patterns]
To = sip:100@n%1.example.net
$session = failover sip:101@192.168.0.101
PLAN
plan "$work/names.txt"
names 'example.net A @100'
serve --resolver "$net.53:$port"
measure nameless dns-nxdomain
stop

certificate fovrun "IP:$net.1"
certificate other DNS:other.example
plan plans/first.txt '/^To = sip:%1/a $transport = TLS'
tunnel 100 "$net.100:$port" "$net.100:$((port + 1))" "cert = $tls/other.pem" "debug = 2"
serve -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority"
measure identity tls-identity
stop
