# SPDX-License-Identifier: MIT
# Those whom nobody has asked to come (sourced by bash, behind lib.sh): abusers (abuser.c) at $net.9, and callers who
# have never been here (newcomers.c) at $net.5.
declare -A abusers=()

# listener TRANSPORT: where fovrun listens
listener() { sed -n "s/.*event=listening transport=$1 .*address=//p" "$log"; }

# abuse NAME KIND COUNT TRANSPORT: begins it; what comes of it is in $work/NAME
abuse() {
    "$BUILD/tests/live/abuser" "$2" "$3" "$4" "$net.9:0" "$(listener "$4")" >"$work/$1" 2>&1 &
    abusers[$1]=$!
    children+=($!)
    disown # bash would tell of its end
}
# came NAME: waits for it, and says it
came() {
    wait_for 90 [ -s "$work/$1" ] || echo "nothing came of it"
    cat "$work/$1"
}
# leave NAME: ends it
leave() { kill "${abusers[$1]}"; }

# newcomers COUNT TRANSPORT: all must be answered, none may wait longer than $longest ms
newcomers() {
    "$BUILD/tests/live/newcomers" "$1" 5 "${longest:-5000}" "$2" "$net.5:0" "$(listener "$2")" >"$work/newcomers" 2>&1
    check "newcomers over $2 call: $(cat "$work/newcomers")" [ $? = 0 ]
}

# waiting_target: an ordinary one at $net.100, and a plan by which calls go there, and nothing else
waiting_target() {
    "$BUILD/tests/bench/target" udp "$(at 100)" "sip:b@$(at 100)" 0 2>"$work/target.errors" &
    children+=($!)
    wait_for 60 bound "$net.100" "$port" || give_up "the target does not start: $(cat "$work/target.errors")"
    printf '%s\n' '[Matching Patterns]' '$request = ^INVITE' '[Deploy Patterns]' 'To = sip:100@192.168.0.100' \
        >"$work/one.txt"
    plan "$work/one.txt"
}

kilobytes() { awk '/^VmRSS/ { print $2 }' "/proc/$fovrun/status"; }
