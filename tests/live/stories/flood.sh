# SPDX-License-Identifier: MIT
# Somebody sends rubbish as fast as a shell can: it is counted, and a call fails over after its second of silence as
# usual.
. tests/live/lib.sh
plan plans/failover-1.txt '/^.session/a &failover.timer.inviting = 1'
silent 100
answering 101
server --log-level info
(
    exec 3>"/dev/udp/${address/://}"
    while kill -0 $$; do printf 'rubbish' >&3; done
) 2>/dev/null &
children+=($!)
call
equal "exit status of the caller" 0 $?
wait_for 60 [ -s "$cdr" ]
check "the call was answered by the second target" grep -q '"cause":"timeout-inviting".*"result":"answered"' "$cdr"
kill "${children[-1]}"
stop
check "the rubbish was counted" grep -q 'event=counters .* malformed=[1-9]' "$log"
report
