# SPDX-License-Identifier: MIT
# A phone in a browser registers through a server at the edge of another one's domain: it is called by the Path alone, and of its
# end the registrar hears at once: 430. One that does not know of Path is told that it has to: 421.
. tests/live/lib.sh
. tests/live/browser.sh
. tests/live/home.sh
at_home fov.example
server -l "udp:$net.1:0" -l "ws:$net.1:0" --domain edge.example
browse ws "$(sed -n 's/.*event=listening transport=ws address=//p' "$log")"
phone registrant.xml -s bob
check "the phone that does not know of Path does not register" [ $? != 0 ]
equal "421 to it" 1 "$(sent "$net.3:[0-9]*" 'SIP/2.0 421 ')"
sed -i 's/^Contact: .*/&;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000000000001>";reg-id=1\nSupported: path, outbound/' \
    "$work/browser-registrant.xml"
phone registrant.xml -s bob
equal "exit status of the phone that does" 0 $?

to=$home
is_called

kill "$browser"
wait_for 60 grep -q 'event=connection-lost' "$log"
refused_call 480 -s bob
equal "exit status of a caller after the page was closed" 0 $?
equal "430 of the edge" 1 "$(sent "$home" 'SIP/2.0 430 ')"
stop_both
report
