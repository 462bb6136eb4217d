# SPDX-License-Identifier: MIT
# /etc/resolv.conf comes to name another name server, and the one before is gone: the next names are asked of the new
# one. In namespaces of its own, where that file and port 53 are ours.
if [ "${1:-}" != alone ] && unshare -rmn ip link set lo up 2>/dev/null; then
    # shellcheck disable=SC2016 # expanded there
    exec unshare -rmn bash -c 'ip link set lo up && exec bash "$0" alone' "$0"
fi
. tests/live/lib.sh
[ "${1:-}" = alone ] || skip "no namespaces of networks and mounts (unshare -rmn)"
cat >"$work/names.txt" <<PLAN
[Matching Patterns]
\$request = ^INVITE sip:([0-9]+)@
[Deploy Patterns]
To = sip:%1@n%1.example.net:$port
PLAN
plan "$work/names.txt"
answering 101
answering 102

# server_of_names HOST USERS...: one on $net.HOST:53, for which these are at host 10HOST
server_of_names() {
    printf "n%d.example.net A $net.10$1\n" "${@:2}" >"$work/zone-$1"
    "$BUILD/tests/live/dns" "$net.$1" 53 "$work/zone-$1" >"$work/asked-$1" &
    children+=($!)
    wait_for 60 bound "$net.$1" 53 || give_up "the name server does not start"
}
server_of_names 1 100 200
old=$!
server_of_names 2 200 300
echo "nameserver $net.1" >"$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf || give_up "resolv.conf cannot be put in its place"
server -l "udp:$net.9:0"
call
equal "exit status of the first caller" 0 $?
equal "INVITEs to where the first name server says" 1 "$(sent "$(at 101)" 'INVITE ')"

call -s 300
check "a name that the first one does not know leads nowhere" [ $? != 0 ]

{ kill -KILL "$old"; wait "$old"; } 2>/dev/null
echo "nameserver $net.2" >"$work/resolv.conf"
user=1000
# Names that nobody knows, a new one each time.
is_seen() {
    user=$((user + 1))
    call -s $user
    grep -q "event=name-servers file=/etc/resolv.conf servers=$net.2:53" "$log"
}
check "the change is seen" wait_for 60 is_seen
call -s 200
equal "exit status of the caller then" 0 $?
equal "INVITEs to where the second name server says" 1 "$(sent "$(at 102)" 'INVITE ')"
call -s 300
equal "exit status of who is asked for again" 0 $?
equal "changes in the log" 1 "$(grep -c 'event=name-servers' "$log")"
stop
report
