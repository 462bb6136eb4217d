# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the demos show of a call (sourced after tests/live/lib.sh).
colour=0
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && colour=1
title() { if [ $colour = 1 ]; then printf '\n\033[1m%s\033[0m\n' "$1"; else printf '\n%s\n' "$1"; fi; }

# without the comments
show_plan() { sed '/^#/d; /^$/d; s/^/    /' "$work/plan.txt"; }

show_compiled() { echo "    fovc compile plan.txt -o plan.bin        $(stat -c %s "$work/plan.bin") bytes"; }

# the messages between caller, server and targets; variables of ladder.awk
show_ladder() {
    awk -v colour=$colour -v parties="$net.2=caller,$net.1=fovrun,$net.100=first target,$net.101=second target" \
        "$@" -f tools/ladder.awk "$log"
}

show_record() {
    title "The call record"
    sed 's/,"\(to\|request_uri\|rule\|result\)":/,\n  "\1":/g; s/,"attempts":\[/,\n  "attempts":[\n    /; s/},{/},\n    {/g' \
        "$cdr" | sed 's/^/    /'
}
