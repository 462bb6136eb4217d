# SPDX-License-Identifier: MIT
# Three targets that can be killed, and callers over several transports at once (sourced after secure.sh): $net.100 over
# UDP, 101 over TCP, 102 over TLS. A third of the calls goes to each first.
declare -A targets=()
rings=100 # ms

mortal_plan() {
    local turn order=(100/UDP 101/TCP 102/TLS)
    for turn in 0 1 2; do
        printf '[Matching Patterns]\n$request = ^INVITE sip:10%s@\n[Deploy Patterns]\n' "$turn"
        printf 'To = sip:b@192.168.0.%s\n$transport = %s\n' "${order[0]%/*}" "${order[0]#*/}"
        printf '$session = failover sip:b@192.168.0.%s sip:b@192.168.0.%s\n' "${order[1]}" "${order[2]}"
        printf '&failover.timer.inviting = 1\n&failover.timer.ringing = 2\n&failover.pattern.response = 408|5..\n'
        order=("${order[@]:1}" "${order[0]}")
    done >"$work/mortal.txt"
    plan "$work/mortal.txt"
}
longest=$((3 * (1 + 2) * 1000)) # ms that the plan gives to a call

# live_target HOST: starts it, as often as it has died
live_target() {
    local transport=tcp at=$net.$1:$port contact=tcp
    case $1 in
    100) transport=udp contact=udp ;;
    102) at=$net.102:$((port + 1)) contact=tls ;;
    esac
    "$BUILD/tests/bench/target" $transport "$at" "sip:b@$net.$1:$port;transport=$contact" "$rings" \
        2>>"$work/targets.errors" &
    targets[$1]=$!
    children+=($!)
    disown
    wait_for 60 bound "${at%:*}" "${at#*:}" $transport ||
        give_up "the target $1 does not start: $(cat "$work/targets.errors")"
    [ "$1" = 102 ] || return 0
    tunnel 102 "$net.102:$port" "$at" "cert = $tls/102.pem" "debug = 2"
    targets[tunnel]=$!
}
die() {
    kill -KILL "${targets[$1]}"
    [ "$1" != 102 ] || kill -KILL "${targets[tunnel]}"
}

# chaos_server [OPTIONS...]: with the three targets; callers can come over $lines
chaos_server() {
    certificate fovrun "IP:$net.1"
    certificate 102 "IP:$net.102"
    mortal_plan
    for host in 100 101 102; do live_target $host; done
    server --log-level notice -l "udp:$net.1:$port" -l "tcp:$net.1:$port" -l "tls:$net.1:$((port + 1))" \
        --tls-certificate "$tls/fovrun.pem" --tls-ca "$authority" "$@"
    lines=(udp "$net.1:$port" tcp "$net.1:$port" tcp "$net.3:$port")
    tunnel caller "$net.3:$port" "$net.1:$((port + 1))" "client = yes" "CAfile = $authority" "verifyChain = yes" \
        "checkIP = $net.1" "debug = 2"
    targets[caller]=$!
}

# place CALLS RATE: how they ended goes to $work/calls; the exit status is that of the callers
place() { "$BUILD/tests/bench/callers" "$1" "$2" "$((longest + 500))" "${lines[@]}" >"$work/calls" 2>&1; }

# rage SECONDS: each second another target dies, and lives again after half of it
rage() {
    local host turn
    for ((turn = 0; turn < $1; turn++)); do
        host=$((100 + turn % 3))
        die $host
        sleep 0.5
        live_target $host
        sleep 0.5
    done
}

# Lines of status: what the server holds that belongs to calls.
held() {
    control status | awk '$1 == "calls" || $1 == "sessions" || $1 == "transactions" { print $1, $2 }' | paste -s -d ' '
}
nothing_held() { [ "$(held)" = "calls 0 sessions 0 transactions 0" ]; }
descriptors() { ls "/proc/$fovrun/fd" | wc -l; }
kilobytes() { awk '/^VmRSS/ { print $2 }' "/proc/$fovrun/status"; }
no_more_descriptors() { [ "$(descriptors)" -le "$1" ]; }
