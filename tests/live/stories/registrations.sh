# SPDX-License-Identifier: MIT
# 500 registrations of SIPp at 100 a second, each asked for its password, which SIPp hashes with MD5.
. tests/live/lib.sh
plan plans/failover-1.txt '1i [Matching Patterns]\n$request = ^INVITE'
echo secret >"$work/password"
"$BUILD/fovctl" -s "$work/state" user add bob --realm fov.example --password-file "$work/password" >/dev/null
equal "exit status of fovctl" 0 $?
server --realm=fov.example --domain=fov.example --auth-digest=md5
call -sf tests/live/register-asked.xml -auth_uri fov.example -m 500 -r 100
equal "exit status of the phones" 0 $?
equal "contacts of bob" 1 "$("$BUILD/fovctl" -s "$work/state" registration list bob | grep -c 'sip:bob@')"
stop
check "every one was challenged, none failed" \
    grep -q 'event=counters .* challenges=500 auth-failures=0 auth-replays=0 identity-refused=0' "$log"
report
