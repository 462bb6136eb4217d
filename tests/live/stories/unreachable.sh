# SPDX-License-Identifier: MIT
# Addresses that really cannot be reached, behind a router in a namespace of its own: it says so (ICMP host unreachable,
# and administratively prohibited), or drops what it gets. One call goes past all of them, over UDP and TCP; when the
# cable is out there is no route, and the next call is past them at once.
if [ "${1:-}" != alone ] && unshare -rn ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2016 # expanded there
    exec unshare -rn bash -c 'ip link set lo up && exec bash "$0" alone' "$0"
fi
. tests/live/lib.sh
[ "${1:-}" = alone ] || skip "no network namespaces (unshare -rn)"

mkfifo "$work/ready"
unshare -n bash -c 'echo >"$0"; exec sleep infinity' "$work/ready" &
router=$!
children+=($router)
read -r <"$work/ready"
inside() { nsenter -t $router -n "$@"; }
lay_cable() {
    ip link add cable type veth peer name far && ip link set far netns $router &&
        ip addr add 192.0.2.1/24 dev cable && ip link set cable up &&
        inside ip addr add 192.0.2.254/24 dev far && inside ip link set far up &&
        inside sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 0 >/proc/sys/net/ipv4/icmp_ratelimit' &&
        inside ip route add unreachable 198.51.100.0/25 && inside ip route add prohibit 198.51.100.128/25 &&
        inside ip route add blackhole 203.0.113.0/24 && ip route add default via 192.0.2.254
}
lay_cable 2>"$work/cable" || skip "no router: $(cat "$work/cable")"

far="sip:2@198.51.100.129 sip:3@198.51.100.1/TCP sip:4@198.51.100.129/TCP sip:5@203.0.113.1/TCP sip:6@203.0.113.1"
cat >"$work/many.txt" <<END
[Deploy Patterns]
To = sip:1@198.51.100.1
\$session = failover $far sip:101@192.168.0.101
&failover.timer.inviting = 2
END
plan "$work/many.txt"
answering 101
server -l udp:0.0.0.0:0 -l tcp:0.0.0.0:0
to=$net.1:${address#*:}

# passes DURATIONS CAUSES...: a call, how its attempts ended, and that each of them took so many ms at least and at most
passes() {
    local at=0 range ended
    : >"$cdr"
    call
    equal "exit status of the caller" 0 $?
    wait_for 60 [ -s "$cdr" ]
    equal "causes of the attempts" "${*:2}" "$(grep -o '"cause":"[^"]*"' "$cdr" | cut -d '"' -f 4 | paste -s -d ' ')"
    for range in $1; do
        read -r ended
        check "an attempt takes ${range/-/ to } ms: from $at to $ended" between "${range%-*}" "${range#*-}" \
            $((ended - at))
        at=$ended
    done < <(grep -o '"end_ms":[0-9]*' "$cdr" | tr -dc '0-9\n')
}
# What the router says while connect() is still at it goes unnoticed, as no real cable is so short: TCP asks again after
# a second. A connection that is late is the cause, not the silence behind it, when both have the same time.
passes "0-1999 0-1999 0-1999 0-1999 2000-60000 2000-60000" \
    unreachable unreachable unreachable unreachable connect-timeout timeout-inviting response
check "the log says whom the router speaks of" grep -q 'event=undelivered to=198.51.100.1:5060 cause=unreachable' "$log"
ip link set cable down
passes "0-999 0-999 0-999 0-999 0-999 0-999" \
    unreachable unreachable unreachable unreachable unreachable unreachable response
stop
report
