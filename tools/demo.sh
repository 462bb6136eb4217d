#!/bin/bash
# SPDX-License-Identifier: MIT
# make demo: a real call whose first target is silent and whose second answers. Compiles plans/first.txt (its addresses
# made loopback ones), starts fovrun and three SIPp parties, shows the ladder of messages and the call record, stops
# everything.
cd "$(dirname "$0")/.." || exit 1
export BUILD=${BUILD:-build}
. tests/live/lib.sh
. tools/demo-show.sh

plan plans/first.txt
title "The plan (plans/first.txt, with loopback addresses)"
show_plan
title "Compiled and served"
show_compiled
silent 100
answering 101
server
echo "    fovrun -p plan.bin -l udp:$address"
title "A call to 100: its first target hears it and says nothing"
call || give_up "the call did not get through: $(cat "$work/caller.errors" 2>/dev/null)"
wait_for 5 [ -s "$cdr" ] || give_up "no call record was written"
show_ladder
show_record
stop
[ "$failures" = 0 ]
