# SPDX-License-Identifier: MIT
# SIGTERM while a call waits for silent targets: after 32 seconds the server ends all the same.
. tests/live/lib.sh
plan plans/failover-3.txt
silent 100
silent 101
server
call &
children+=($!)
check "the call waits" wait_for 60 grep -q 'event=sent .*line="INVITE ' "$log"
kill -TERM "$fovrun"
check "draining is logged" wait_for 60 grep -q 'event=draining' "$log"
begun=$SECONDS
wait "$fovrun"
equal "exit status of fovrun" 0 $?
check "it ends after 32 s: $((SECONDS - begun))" between 31 50 $((SECONDS - begun))
check "the end is logged" grep -q 'event=stopped running=[1-9]' "$log"
report
