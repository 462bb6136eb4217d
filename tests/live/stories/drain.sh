# SPDX-License-Identifier: MIT
# SIGTERM while a call rings: new calls get 503 with Retry-After, the ringing one is answered, then the server ends by
# itself.
. tests/live/lib.sh
plan plans/failover-1.txt
ringing 100
server
call &
caller=$!
children+=($caller)
check "the call rings" wait_for 60 grep -q 'event=sent .*line="SIP/2.0 180' "$log"
kill -TERM "$fovrun"
check "draining is logged" wait_for 60 grep -q 'event=draining' "$log"
from=$net.3 refused_call 503
equal "exit status of the second caller" 0 $?
wait "$caller"
equal "exit status of the first caller" 0 $?
wait "$fovrun"
equal "exit status of fovrun" 0 $?
equal "503s to the second caller" 1 "$(sent "$net.3:[0-9]*" 'SIP/2.0 503')"
equal "messages to the target on the second call" 0 \
    "$(grep -c "event=sent call-id=[^ ]*@$net.3 .* to=$(at 100) " "$log")"
check "the end is logged" grep -q 'event=stopped running=0' "$log"
report
