# SPDX-License-Identifier: MIT
# SIP.js registers over a WebSocket, is called and hangs up, calls and hangs up. It is no package of Debian's, so that this is told
# only where somebody has it: npm install sip.js ws; SIPJS=DIRECTORY/node_modules make check-live STORIES=sipjs
if [ ! -d "${SIPJS:-}/sip.js" ] || ! command -v node >/dev/null; then
    echo "skipped: needs node, and the modules sip.js and ws in \$SIPJS"
    echo "0 passed, 0 failed"
    exit 0
fi
. tests/live/lib.sh
plan plans/failover-1.txt '1s/.*/[Matching Patterns]\n$request = ^INVITE sip:100@/'
# described SCENARIO COUNT: the same with a description of media in its first COUNT messages, which SIP.js hangs up without
described() {
    awk -v "count=$2" '/^Content-Length: 0$/ && count-- > 0 {
        print "Content-Type: application/sdp\nContent-Length: [len]\n\nv=0"; next } { print }' "$here/$1" >"$work/$1"
}
described answer.xml 2
described hung-up.xml 1
party "$net.100" "$port" "$work/answer.xml"
server -l "udp:$net.1:0" -l "ws:$net.1:0" --domain=fov.example
ws=$(sed -n 's/.*event=listening transport=ws address=//p' "$log")
node $here/sipjs.mjs "$SIPJS" "ws://$ws" >"$work/sipjs.out" 2>&1 &
phone=$!
children+=($phone)
check "it registers" wait_for 60 grep -qs '^registered' "$work/sipjs.out"
call -s bob -sf "$work/hung-up.xml"
equal "exit status of the caller" 0 $?
wait "$phone"
equal "exit status of SIP.js" 0 $?
equal "what it says" "registered called established called terminated calling established calling terminated" \
    "$(grep -v 'ing$' "$work/sipjs.out" | tr '\n' ' ' | sed 's/ $//')"
check "it goes" grep -q 'event=unregistered .*user=bob' "$log"
stop
report
