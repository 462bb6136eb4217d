# SPDX-License-Identifier: MIT
# A phone in a browser registers over a WebSocket, is called, calls, and is away as soon as its page is closed. Other
# pages are refused.
. tests/live/lib.sh
. tests/live/browser.sh
plan plans/failover-1.txt '1s/.*/[Matching Patterns]\n$request = ^INVITE sip:100@/'
answering 100
server -l "udp:$net.1:0" -l "ws:$net.1:0" --domain=fov.example --ws-origin=https://phone.example
ws=$(sed -n 's/.*event=listening transport=ws address=//p' "$log")
equal "a page from elsewhere" "HTTP/1.1 403 Forbidden Origin" \
    "$("$BUILD/tests/live/browser" ws "$inside" "$ws" https://evil.example)"
browse ws "$ws" https://phone.example
phone registrant.xml -s bob
equal "exit status of the phone that registers" 0 $?
check "it is listed" control registration list bob >/dev/null
phone caller.xml
equal "exit status of the phone that calls" 0 $?

is_called

kill "$browser"
wait_for 60 grep -q 'event=registration-cut-off' "$log"
refused_call 480 -s bob
equal "exit status of a caller after the page was closed" 0 $?
stop
report
