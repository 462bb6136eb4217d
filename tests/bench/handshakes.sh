#!/bin/bash
# SPDX-License-Identifier: MIT
# make bench-handshakes: how long callers wait who have never been here, while one address has the server do handshakes
# of TLS as fast as it can: whole ones; and such that it leaves as soon as the server has done its part. With a key of
# P-256 and one of RSA, which costs the server ten times as much.
cd "$(dirname "$0")/../.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
. tests/live/secure.sh
callers=${CALLERS:-300} pause=5 bound=5000 # ms
seconds=$((callers * 2 * (pause + 12) / 1000))

newcomers() {
    check "nobody waits too long" \
        "$BUILD/tests/live/newcomers" "$callers" "$pause" $bound "$1" "$net.5:0" "$net.1:$port"
}
is_abused() { [ "$(connections "$net.1" "$port")" -gt 0 ]; }
# abuse KIND
abuse() {
    "$BUILD/tests/live/abuser" "$1" "$((seconds * 1000))" tls "$net.9:0" "$net.1:$port" >"$work/$1" &
    children+=($!)
    wait_for 60 is_abused
    newcomers udp
    newcomers tls
    wait_for 60 [ -s "$work/$1" ]
    cat "$work/$1"
}

cat >"$work/one.txt" <<'END'
[Deploy Patterns]
To = sip:100@192.168.0.100
END
plan "$work/one.txt"
"$BUILD/tests/bench/target" udp "$(at 100)" "sip:b@$(at 100)" 0 &
children+=($!)
wait_for 60 bound "$net.100" "$port" || give_up "the target does not start"
for key in "" rsa:2048; do
    echo "a key of ${key:-P-256}"
    certificate fovrun "IP:$net.1" $key
    server --log-level notice -l "tls:$net.1:$port" -l "udp:$net.1:$port" --tls-certificate "$tls/fovrun.pem"
    newcomers udp
    newcomers tls
    abuse shake
    abuse greet
    stop
done
report
