# SPDX-License-Identifier: MIT
# What was answered is kept: the server is killed without a warning, and after its restart those who had registered are
# called.
. tests/live/lib.sh
cat >"$work/local.txt" <<'END'
[Matching Patterns]
$method = ^MESSAGE$
[Deploy Patterns]
$action = 405
END
plan "$work/local.txt"
answering 100
server
register 100 "sip:100@$(at 100)"
equal "exit status of the client" 0 $?
restart() {
    { kill -KILL "$fovrun" && wait "$fovrun"; } 2>/dev/null
    server -l "udp:$address"
}
restart
check "the registration is read again" grep -q 'event=store .* registrations=1 ' "$log"
call
equal "exit status of the caller" 0 $?
equal "INVITEs to the contact" 1 "$(sent "$(at 100)" 'INVITE sip:100@')"
expires=0 register 100 "sip:100@$(at 100)"
equal "exit status of the client that leaves" 0 $?
restart
check "one that has left does not come back" grep -q 'event=store .* registrations=0 ' "$log"
stop
report
