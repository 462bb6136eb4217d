#!/bin/bash
# SPDX-License-Identifier: MIT
# make demo: a real call whose first target is silent and whose second answers. Compiles plans/first.txt (its addresses made
# loopback ones), starts fovrun and three SIPp parties, shows the ladder of messages and the call record, stops everything.
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
colour=0
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && colour=1
title() { if [ $colour = 1 ]; then printf '\n\033[1m%s\033[0m\n' "$1"; else printf '\n%s\n' "$1"; fi; }

plan plans/first.txt
title "The plan (plans/first.txt, with loopback addresses)"
sed '/^#/d; /^$/d; s/^/    /' "$work/plan.txt"
title "Compiled and served"
echo "    fovc compile plan.txt -o plan.bin        $(stat -c %s "$work/plan.bin") bytes"
silent 100
answering 101
server
echo "    fovrun -p plan.bin -l udp:$address"
title "A call to 100: its first target hears it and says nothing"
call || give_up "the call did not get through: $(cat "$work/caller.errors" 2>/dev/null)"
wait_for 5 [ -s "$cdr" ] || give_up "no call record was written"
awk -v colour=$colour -v parties="$net.2=caller,$net.1=fovrun,$net.100=first target,$net.101=second target" \
    -f tools/ladder.awk "$log"
title "The call record"
sed 's/,"\(to\|request_uri\|rule\|result\)":/,\n  "\1":/g; s/,"attempts":\[/,\n  "attempts":[\n    /; s/},{/},\n    {/g' "$cdr" | sed 's/^/    /'
stop
[ "$failures" = 0 ]
