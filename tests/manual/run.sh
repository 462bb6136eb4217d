#!/bin/bash
# SPDX-License-Identifier: MIT
# The manual pages are well formed, every whole plan in them compiles without a warning, and they name every option that
# the programs' --help names, and every event of the log.
set -u
good=0 bad=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

tell() { # RESULT NAME
    if [ "$1" = 0 ]; then good=$((good + 1)); else bad=$((bad + 1)) && echo "failed: $2"; fi
}

for page in fovc.1 fovrun.8 fovctl.8 fov-plan.5; do
    output=$(mandoc -Tlint -W warning "$BUILD/man/$page" 2>&1)
    tell $? "$page is well formed: $output"
    mandoc -Tascii "$BUILD/man/$page" 2>&1 | sed 's/.\x08//g' >"$work/$page"
done

# Literal displays behind a line `.\" plan`, as the reader sees them.
awk -v out="$work/plan" '
    /^\.\\" plan$/ { wanted = 1; next }
    wanted && /^\.Bd -literal/ { file = out "-" ++n ".txt"; inside = 1; wanted = 0; next }
    /^\.Ed$/ { inside = 0 }
    inside {
        gsub(/\\-/, "-"); gsub(/\\\(ha/, "^"); gsub(/\\\(dq/, "\""); gsub(/\\e/, "\\"); gsub(/\\&/, "")
        print >file
    }
' "$BUILD/man/fov-plan.5"
for plan in "$work"/plan-*.txt; do
    output=$("$BUILD/fovc" check -Werror "$plan" 2>&1)
    tell $? "a plan of fov-plan(5) compiles: $output"
done

for program in fovc:fovc.1 fovrun:fovrun.8 fovctl:fovctl.8; do
    help=$("$BUILD/${program%:*}" --help)
    tell $? "${program%:*} --help succeeds"
    while read -r option; do
        grep -qF -e "$option" "$work/${program#*:}"
        tell $? "${program#*:} names $option"
    done < <(grep -oE -e '(^|[ ,])--?[A-Za-z][a-z0-9-]*' <<<"$help" | tr -d ' ,' | sort -u)
done
# As the sources write them: log_printf(... "event=name"), EVENT(proxy, level, "name" and tell(record, "name"
while read -r event; do
    grep -qw -e "$event" "$work/fovrun.8"
    tell $? "fovrun.8 names the event $event"
done < <(cat runtime/net/*.c runtime/proxy/*.c | tr '\n' ' ' |
    grep -oE 'event=[a-z-]+|EVENT\([^"]*"[a-z-]+"|tell\(record, "[a-z-]+"' | sed 's/"$//; s/.*[="]//' | sort -u)
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
