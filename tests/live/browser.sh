# SPDX-License-Identifier: MIT
# Phones in browsers (sourced by bash, behind lib.sh): a SIPp at $net.4 and $phone, which has the network of a browser
# at $inside (browser.c).
inside=$net.3:$port phone=$((port + 1))

# in_browser SCENARIO: the same as a browser has it
in_browser() {
    sed 's|SIP/2.0/\[transport\] \[local_ip\]:\[local_port\]|SIP/2.0/WS phone.invalid|
        s|<sip:\[local_ip\]:\[local_port\];transport=\[transport\]>|<sip:bob@phone.invalid;transport=ws>|
        s|<sip:caller@\[local_ip\]:\[local_port\];transport=\[transport\]>|<sip:bob@phone.invalid;transport=ws>|
        s|\[remote_ip\]:\[remote_port\]|fov.example|; s|@CONTACT@|sip:bob@phone.invalid;transport=ws|; s|@EXPIRES@|600|
        ' "$here/$1" >"$work/browser-$1"
}
for scenario in registrant.xml answer.xml caller.xml; do in_browser $scenario; done

# browse ws|wss SERVER [ORIGIN]: the page is opened, and stays; $browser is its process
browse() {
    "$BUILD/tests/live/browser" "$1" "$inside" "${@:2}" >"$work/browser.out" 2>&1 &
    browser=$!
    children+=($browser)
    wait_for 60 grep -qs . "$work/browser.out"
    equal "the answer to the handshake" "HTTP/1.1 101 Switching Protocols" "$(cat "$work/browser.out")"
}
# phone SCENARIO [SIPP OPTIONS...]: the phone does something (exit status)
phone() { to=$inside from=$net.4 call -p "$phone" -sf "$work/browser-$1" "${@:2}"; }
# The phone answers twenty calls, and all of them goes through its WebSocket.
is_called() {
    party "$net.4" "$phone" "$work/browser-answer.xml"
    call -s bob -m 20 -r 20
    equal "exit status of the caller" 0 $?
    equal "INVITEs that went through the WebSocket" 20 \
        "$(sent "$net.3:[0-9]*" 'INVITE sip:bob@phone.invalid;transport=ws ')"
    equal "BYEs" 20 "$(sent "$net.3:[0-9]*" 'BYE sip:bob@phone.invalid;transport=ws ')"
}
