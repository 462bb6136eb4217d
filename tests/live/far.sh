# SPDX-License-Identifier: MIT
# Another fovrun (sourced after lib.sh), which is a target of the story's: it passes all calls on to a phone at
# $net.110, which answers and hangs up.
farlog=$work/far.log

# far [OPTIONS...]: starts it; $far is its process
far() {
    party "$net.110" "$port" $here/hanging-up.xml
    printf '[Deploy Patterns]\nTo = sip:phone@%s\n' "$(at 110)" >"$work/far.txt"
    "$BUILD/fovc" compile "$work/far.txt" -o "$work/far.bin" >"$work/fovc.out" 2>&1 ||
        give_up "the plan of the other server does not compile: $(cat "$work/fovc.out")"
    : >"$farlog"
    "$BUILD/fovrun" -p "$work/far.bin" --state-dir "$work/far" "$@" 2>"$farlog" &
    far=$!
    children+=($far)
    wait_for 120 grep -q 'event=serving' "$farlog" || give_up "the other server does not start: $(tail -n 3 "$farlog")"
}

# far_calls OTHERS: calls that the phone hangs up end well, all over one connection in each direction; at most so many
# others have come to the other server
far_calls() {
    call -sf $here/hung-up.xml -m 20 -r 20
    equal "exit status of the caller" 0 $?
    equal "INVITEs to the other server" 20 "$(sent "$(at 102)" 'INVITE sip:102@')"
    equal "ACKs to it" 20 "$(sent "$(at 102)" 'ACK ')"
    wait_for 60 [ "$(wc -l <"$cdr")" = 20 ]
    equal "connections to it" 1 "$(connections "$net.102" "$port")"
    stop
    kill -TERM "$far"
    wait "$far"
    check "connections that came to the other server: $(far_counted accepted)" \
        between 1 $((1 + $1)) "$(far_counted accepted)"
    equal "connections that it opened" 1 "$(far_counted opened)"
}

far_counted() { sed -n "s/.*event=counters .* connections-$1=\([0-9]*\) .*/\1/p" "$farlog"; }

# causes: those of each call's attempts, and how many calls had them
causes() {
    sed 's/.*"attempts":\[//; s/\].*//' "$cdr" | grep -no '"cause":"[^"]*"' | tr -d '"' | awk -F : '
        { causes[$1] = causes[$1] " " $3 }
        END { for (call in causes) count[causes[call]]++; for (list in count) print count[list] list }'
}
