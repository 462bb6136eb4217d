#!/bin/bash
# SPDX-License-Identifier: MIT
# make demo-tls: a call over TLS whose first target has the certificate of somebody else, and whose second answers. Makes an
# authority and certificates in $BUILD/demo-tls, compiles plans/first.txt (its addresses made loopback ones, and /TLS added), starts
# fovrun and SIPp parties behind stunnels, shows the ladder of messages and the call record, stops everything.
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
. tests/live/secure.sh
colour=0
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && colour=1
title() { if [ $colour = 1 ]; then printf '\n\033[1m%s\033[0m\n' "$1"; else printf '\n%s\n' "$1"; fi; }

tls=$BUILD/demo-tls authority=$BUILD/demo-tls/ca.pem
rm -rf "$tls"
title "An authority of our own, and what it certifies ($tls)"
certificate fovrun "IP:$net.1"
certificate first "DNS:somebody-else.example"
certificate second "IP:$net.101"
for name in fovrun first second; do
    printf '    %-12s %s\n' "$name.pem" "$(openssl x509 -in "$tls/$name.pem" -noout -ext subjectAltName | sed -n '2s/^ *//p')"
done
plan plans/first.txt 's|^(.session = .*)|\1/TLS|; /^To = sip:%1/a $transport = TLS'
title "The plan (plans/first.txt, over TLS and with loopback addresses)"
sed '/^#/d; /^$/d; s/^/    /' "$work/plan.txt"
secure_party 100 $here/answer.xml first
secure_party 101 $here/answer.xml second
server -l "tls:$net.1:0" --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority"
title "Compiled and served"
echo "    fovc compile plan.txt -o plan.bin        $(stat -c %s "$work/plan.bin") bytes"
echo "    fovrun -p plan.bin -l tls:$address --tls-certificate fovrun.pem --tls-ca ca.pem"
title "The call: nothing of it is said to who is not who was meant"
secure_caller
secure_call || give_up "the call did not get through: $(cat "$work/caller.errors" 2>/dev/null)"
wait_for 5 [ -s "$cdr" ] || give_up "no call record was written"
awk -v colour=$colour -v parties="$net.2=caller,$net.1=fovrun,$net.100=first target,$net.101=second target" -v server="$net.1" \
    -v unheard="$(sed -n 's/.*event=tls-failed remote=\([^ ]*\) .*/\1/p' "$log" | paste -s -d ,)" -f tools/ladder.awk "$log"
title "Why"
sed -n 's/.*event=tls-failed/    event=tls-failed/p' "$log"
title "The call record"
sed 's/,"\(to\|request_uri\|rule\|result\)":/,\n  "\1":/g; s/,"attempts":\[/,\n  "attempts":[\n    /; s/},{/},\n    {/g' "$cdr" | sed 's/^/    /'
stop
[ "$failures" = 0 ]
