# SPDX-License-Identifier: MIT
# What the command line does to a running server: failover off, a taken port, help; the record file is rotated, and the
# plan's file emptied, under it.
. tests/live/lib.sh
plan plans/failover-1.txt
refusing 100 486 "Busy Here"
answering 101
server --failover=off
check "it says that the plan's failover is off" grep -q 'uses failover, but --failover=off' "$log"
refused_call 486
equal "exit status of the caller" 0 $?
equal "messages to the second target" 0 "$(sent "$(at 101)" '')"
output=$("$BUILD/fovrun" -p "$work/plan.bin" -l "udp:$address" --state-dir "$work/other" 2>&1)
equal "exit status on a taken port" 1 $?
check "the taken port is named: $output" grep -q "cannot listen on udp:$address: Address already in use" <<<"$output"
wait_for 60 [ -s "$cdr" ]
mv "$cdr" "$cdr.1"
kill -HUP "$fovrun"
: >"$work/plan.bin" # the server runs its sealed copy
check "SIGHUP reopens the records" wait_for 60 grep -q 'event=reopened' "$log"
refused_call 486
check "the next record is in the new file" wait_for 60 [ -s "$cdr" ]
equal "records in the old file" 1 "$(wc -l <"$cdr.1")"
equal "size of the key" 16 "$(stat -c %s "$work/state/dialog.key")"
stop
output=$("$BUILD/fovrun" --lisen udp:127.0.0.1:0 2>&1)
equal "exit status on a wrong option" 2 $?
check "the nearest option is named: $output" grep -q 'did you mean "--listen"?' <<<"$output"
"$BUILD/fovrun" --help >"$work/help" 2>"$work/help.errors"
equal "exit status of --help" 0 $?
check "help is on standard output" [ -s "$work/help" -a ! -s "$work/help.errors" ]
report
