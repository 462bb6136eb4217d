# SPDX-License-Identifier: MIT
# Half a request on each of ten thousand connections, all from one address: with the usual limits it has a hundred of
# them, and with limits that let it have them all (where the system has the descriptors) a caller from elsewhere gets
# through as well.
. tests/live/lib.sh
. tests/live/strangers.sh
waiting_target
many=10000 other=300
allowed=$(($(ulimit -Hn) - other))
held() { sed -n 's/.* held //p' "$work/$1"; }

server -l "tcp:$net.1:0" -l "udp:$net.1:0" --log-level info
abuse half half $many tcp
came half
equal "connections that it is left" 100 "$(held half)"
newcomers 50 tcp
check "the log says that connections were refused" wait_for 60 grep -q 'event=connections-refused count=' "$log"
stop
check "they were counted" \
    grep -Eq "event=counters .* connections-refused=$((many < allowed ? many - 100 : allowed - 100)) " "$log"
leave half

server -l "tcp:$net.1:0" -l "udp:$net.1:0" --log-level info --max-connections $((many + 100)) \
    --max-connections-per-source $many --message-timeout 1m
rest=$(kilobytes)
abuse all half $many tcp
came all
if [ "$allowed" -lt $((many + 100)) ]; then
    echo "note: only $allowed descriptors are allowed here: $(held all) connections are held"
else
    equal "connections that it is left then" $many "$(held all)"
fi
for transport in tcp udp; do
    newcomers 50 $transport
    echo "note: $(held all) half requests are held; $(cat "$work/newcomers")"
done
each=$((($(kilobytes) - rest) * 1024 / $(held all)))
[ -n "${SAN:-}" ] || check "half a request costs less than 3 KB: $each bytes" [ "$each" -lt 3072 ]
leave all
newcomers 20 tcp
stop
equal "connections that were refused" "$((allowed < many + 100))" "$(grep -c 'event=connections-refused' "$log")"
report
