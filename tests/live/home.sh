# SPDX-License-Identifier: MIT
# A registrar behind the story's server (sourced after lib.sh): another fovrun, at $home, and a plan for the story's that passes
# on to it what is for its domain.
home=$net.60:$port homelog=$work/home.log

# at_home DOMAIN: starts it; $registrar is its process
at_home() {
    printf '%s\n' '[Matching Patterns]' '$request = ^INVITE' 'To = sip:([a-z]+)@' '[Deploy Patterns]' 'To = sip:%1@' \
        >"$work/home.txt"
    "$BUILD/fovc" compile "$work/home.txt" -o "$work/home.bin" >"$work/fovc.out" 2>&1 ||
        give_up "the registrar's plan does not compile: $(cat "$work/fovc.out")"
    : >"$homelog"
    "$BUILD/fovrun" -p "$work/home.bin" --state-dir "$work/home" -l "udp:$home" --domain "$1" 2>"$homelog" &
    registrar=$!
    children+=($registrar)
    wait_for 120 grep -q 'event=serving' "$homelog" || give_up "the registrar does not start: $(tail -n 3 "$homelog")"
    printf '%s\n' '[Matching Patterns]' "\$request = ^(REGISTER|INVITE) sip:([a-z]+@)?${1//./\\.}" '[Deploy Patterns]' \
        "\$target = $home" >"$work/edge.txt"
    plan "$work/edge.txt"
}

# Both of them end.
stop_both() {
    stop
    kill -TERM $registrar
    wait $registrar
    equal "exit status of the registrar" 0 $?
}
