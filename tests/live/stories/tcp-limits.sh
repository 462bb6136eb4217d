# SPDX-License-Identifier: MIT
# Somebody opens connections by the thousand and sends half a request on each; somebody else sends a byte a second. A caller from
# elsewhere gets through, and the slow one is closed after ten seconds.
. tests/live/lib.sh
plan plans/failover-2.txt '/^.session/d; s/@[0-9.]*100:/@'"$net.102:/"
party "$net.102" "$port" $here/answer.xml -t t1
server -l "tcp:$net.1:0" --log-level info
(
    ulimit -n 4096
    trap '' PIPE
    for ((i = 0; i < 3000; i++)); do
        exec {fd}<>"/dev/tcp/${address/://}" && printf 'INVITE sip:100@x SIP/2.0\r\nVia: ' >&"$fd"
    done
    : >"$work/flooded"
    exec sleep 120
) 2>/dev/null &
children+=($!)
check "thousands of connections are tried" wait_for 60 [ -e "$work/flooded" ]
call -t t1
equal "exit status of the caller" 0 $?
wait_for 60 [ -s "$cdr" ]
check "the call was answered" grep -q '"result":"answered"' "$cdr"
check "the log says that connections were refused" wait_for 60 grep -q 'event=connections-refused count=' "$log"
kill "${children[-1]}"
# A byte a second until the connection is closed: how many; 0 while there is no room for it.
slow() {
    local byte
    exec {fd}<>"/dev/tcp/${address/://}" || return
    for ((byte = 0; byte < 60; byte++)); do
        printf 'I' >&"$fd" || break
        read -r -t 1 -u "$fd" # nothing but the end can come
        [ $? -gt 128 ] || break
    done
    echo "$byte" >"$work/bytes"
    exec {fd}>&-
    [ "$byte" != 0 ]
}
wait_for 60 slow 2>/dev/null
bytes=$(cat "$work/bytes")
check "who sends a byte a second is closed after ten: $bytes" between 8 13 "$bytes"
stop
check "they were counted" grep -Eq 'event=counters .* connections-refused=2[0-9]{3} connections-timed-out=[1-9]' "$log"
report
