#!/bin/bash
# SPDX-License-Identifier: MIT
# make demo-tls: a call over TLS whose first target has the certificate of somebody else, and whose second answers.
# Makes an authority and certificates in $BUILD/demo-tls, compiles plans/first.txt (its addresses made loopback ones,
# and /TLS added), starts fovrun and SIPp parties behind stunnels, shows the ladder of messages and the call record,
# stops everything.
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
. tests/live/secure.sh
. tools/demo-show.sh

tls=$BUILD/demo-tls authority=$BUILD/demo-tls/ca.pem
rm -rf "$tls"
title "An authority of our own, and what it certifies ($tls)"
certificate fovrun "IP:$net.1"
certificate first "DNS:somebody-else.example"
certificate second "IP:$net.101"
for name in fovrun first second; do
    printf '    %-12s %s\n' "$name.pem" \
        "$(openssl x509 -in "$tls/$name.pem" -noout -ext subjectAltName | sed -n '2s/^ *//p')"
done
plan plans/first.txt 's|^(.session = .*)|\1/TLS|; /^To = sip:%1/a $transport = TLS'
title "The plan (plans/first.txt, over TLS and with loopback addresses)"
show_plan
secure_party 100 $here/answer.xml first
secure_party 101 $here/answer.xml second
server -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority"
title "Compiled and served"
show_compiled
echo "    fovrun -p plan.bin -l tls:$address --tls-certificate fovrun.pem --tls-ca ca.pem"
title "The call: nothing of it is said to who is not who was meant"
secure_caller
secure_call || give_up "the call did not get through: $(cat "$work/caller.errors" 2>/dev/null)"
wait_for 5 [ -s "$cdr" ] || give_up "no call record was written"
show_ladder -v server="$net.1" \
    -v unheard="$(sed -n 's/.*event=tls-failed remote=\([^ ]*\) .*/\1/p' "$log" | paste -s -d ,)"
title "Why"
sed -n 's/.*event=tls-failed/    event=tls-failed/p' "$log"
show_record
stop
[ "$failures" = 0 ]
