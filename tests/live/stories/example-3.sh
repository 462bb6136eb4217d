# SPDX-License-Identifier: MIT
# Published example 3: thirty seconds of silence, then the second target.
. tests/live/lib.sh
plan plans/failover-3.txt
silent 100
answering 101
answering 102
server
call
equal "exit status of the caller" 0 $?
wait_for 60 [ -s "$cdr" ]
given_up=$(grep -o '"end_ms":[0-9]*' "$cdr" | head -n 1 | tr -dc 0-9)
check "the first target is given up after 30 s: $given_up ms" [ "${given_up:-0}" -ge 30000 ]
# 0, 0.5, 1.5, 3.5, 7.5, 15.5 s; the next would be due at 31.5 s
read -r _ tries < <(tries "$(at 100)" '')
check "the first target hears the INVITE six times: $tries" between 3 6 "$tries"
equal "messages to the third target" 0 "$(sent "$(at 102)" '')"
stop
report
