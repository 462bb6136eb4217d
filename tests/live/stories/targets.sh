# SPDX-License-Identifier: MIT
# A dead first target is passed over, and fovctl shows it and the counters while the server runs; nobody else may ask.
. tests/live/lib.sh
plan plans/failover-1.txt
answering 101
server --hold-down 10s
for n in 1 2; do
    call
    equal "exit status of caller $n" 0 $?
done
equal "INVITEs to the closed port" 1 "$(sent "$(at 100)" INVITE)"
control targets >"$work/targets"
equal "what fovctl targets shows" "$(at 100) UDP unreachable" \
    "$(awk 'NR > 1 { print $1, $2, $NF }' "$work/targets")"
equal "the same as JSON" "$(at 100)" "$(control targets --json | sed -n 's/.*"address": "\([^"]*\)".*/\1/p')"
control status >"$work/status"
figure() { awk -v name="$1" '$1 == name { print $2 }' "$work/status"; }
equal "calls that were answered" 2 "$(figure counters.answered)"
equal "attempts that were unreachable" 1 "$(figure causes.unreachable)"
equal "attempts that were passed over" 1 "$(figure causes.held-down)"
equal "targets that have failed" 1 "$(figure targets)"
control status --json | grep -q "\"pid\":$fovrun,"
check "it is this server that answers" [ $? = 0 ]

# It comes back, and the first call when the time is over finds it.
answering 100
is_due() { control targets | grep -q ' due '; }
check "the time ends" wait_for 60 is_due
call
equal "exit status of the caller after that" 0 $?
equal "INVITEs to who is there again" 2 "$(sent "$(at 100)" INVITE)"
equal "what fovctl targets shows then" 1 "$(control targets | wc -l)"

equal "mode of the socket" 600 "$(stat -c %a "$work/state/control")"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chmod 755 "$work" "$work/state" && chmod 666 "$work/state/control"
    setpriv --reuid 65534 --clear-groups "$BUILD/fovctl" -s "$work/state" status >"$work/other" 2>&1
    equal "exit status of a stranger's question" 66 $?
    equal "what the stranger hears" "fovctl: the server on $work/state does not answer that" "$(cat "$work/other")"
    check "the log tells of him" grep -q event=control-refused "$log"
fi
kill -KILL "$fovrun"
wait "$fovrun" 2>/dev/null
control status
equal "exit status without a server" 66 $?
equal "what is said then" "fovctl: no server runs on $work/state" "$(cat "$work/control.errors")"
server --hold-down 10s
check "the next server answers again" control status
stop
check "at its end the socket is gone" [ ! -e "$work/state/control" ]
report
