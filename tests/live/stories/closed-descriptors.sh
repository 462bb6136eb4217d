# SPDX-License-Identifier: MIT
# Started with its standard descriptors closed: log lines must not end up in the file of records or in a socket.
. tests/live/lib.sh
plan plans/failover-4.txt
refusing 100 502 "Broken Here"
address=$net.1:$((port + 1))
"$BUILD/fovrun" -p "$work/plan.bin" --cdr "$cdr" --state-dir "$work/state" -l "udp:$address" <&- >&- 2>&- &
fovrun=$!
children+=($fovrun)
wait_for 60 bound "$net.1" "$((port + 1))" || give_up "fovrun does not start"
refused_call 502
equal "exit status of the caller" 0 $?
wait_for 60 [ -s "$cdr" ]
kill -TERM "$fovrun"
wait "$fovrun"
equal "exit status of fovrun" 0 $?
equal "lines in the file of records" 1 "$(wc -l <"$cdr")"
equal "lines that are no record" 0 "$(grep -vc '^{"time":.*}$' "$cdr")"
report
