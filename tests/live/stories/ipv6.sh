# SPDX-License-Identifier: MIT
# The same over IPv6: a closed port, then an answer. A machine without IPv6 has nothing to show.
. tests/live/lib.sh
if [ ! -e /proc/net/if_inet6 ] || ! grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6; then
    check "no IPv6 on this machine: nothing to show" true
    report
    exit
fi
second=$((port + 1))
plan plans/failover-4.txt "s|$net.100:$port|[::1]:$port|; s|$net.101:$port|[::1]:$second|"
party ::1 "$second" $here/answer.xml
server -l 'udp:[::1]:0'
from=::1 call
equal "exit status of the caller" 0 $?
equal "INVITEs to the closed port" 1 "$(sent "\[::1\]:$port" 'INVITE ')"
equal "INVITEs to the second target" 1 "$(sent "\[::1\]:$second" 'INVITE sip:101@\[::1\]')"
equal "ACKs to the second target" 1 "$(sent "\[::1\]:$second" 'ACK ')"
stop
report
