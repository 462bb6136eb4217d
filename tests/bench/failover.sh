#!/bin/bash
# SPDX-License-Identifier: MIT
# make bench-failover: how long it takes from a failure until the next INVITE leaves, over 1,000 calls on loopback.
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
. tests/live/secure.sh
calls=${CALLS:-1000}
plan plans/first.txt
timer=$(sed -n 's/^&failover.timer.inviting = //p' "$work/plan.txt") # seconds
server --log-level notice # as one serves: a line for each message is not part of the path
for kind in refuse closed silent; do
    "$BUILD/tests/bench/failover" $kind "$address" "$(at 100)" "$(at 101)" "$calls" $((timer * 1000)) ||
        give_up "the measurement with a first target that is: $kind"
done
stop

certificate fovrun "IP:$net.1"
certificate other DNS:other.example
plan plans/first.txt '/^To = sip:%1/a $transport = TLS'
tunnel 100 "$net.100:$port" "$net.100:$((port + 1))" "cert = $tls/other.pem" "debug = 2"
server --log-level notice -l "udp:$net.1:0" -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority"
"$BUILD/tests/bench/failover" identity "$address" "$(at 100)" "$(at 101)" "$calls" 0 ||
    give_up "the measurement with a first target that is somebody else"
stop

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
server --log-level notice --resolver "$net.53:$port"
"$BUILD/tests/bench/failover" nameless "$address" "$(at 100)" "$(at 101)" "$calls" 0 ||
    give_up "the measurement with a name that does not exist"
stop
