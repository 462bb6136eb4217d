# SPDX-License-Identifier: MIT
# TLS in a live story (sourced after lib.sh): parties are SIPp processes over TCP, each behind a stunnel of its own that has a
# certificate. Their authority is $authority.
tls=$work/tls authority=$work/tls/ca.pem

# certificate NAME IDENTITIES [KEY]: $tls/NAME.pem
certificate() { tools/certificate.sh "$tls" "$@" || give_up "no certificate for $1"; }

# tunnel NAME ACCEPT CONNECT LINES...: from one ADDRESS:PORT to another; lines of its configuration
tunnel() {
    local name=$work/tunnel-$1
    printf '%s\n' "foreground = yes" "pid =" "socket = r:TCP_NODELAY=1" "[it]" "accept = $2" "connect = $3" "${@:4}" >"$name.conf"
    stunnel "$name.conf" >"$name.out" 2>&1 &
    children+=($!)
    disown # bash would tell of its end
    wait_for 60 bound "${2%:*}" "${2##*:}" tcp || give_up "the tunnel $1 does not start: $(tail -n 3 "$name.out")"
}

# secure_party HOST SCENARIO CERTIFICATE: a target at $net.HOST:$port
secure_party() {
    sed "s|\[local_port\];transport=\[transport\]|$port;transport=tls|" "$2" >"$work/secure-$1.xml"
    party "$net.$1" "$((port + 1))" "$work/secure-$1.xml" -t t1
    tunnel "$1" "$net.$1:$port" "$net.$1:$((port + 1))" "cert = $tls/$3.pem"
}

# secure_caller: calls over TCP go to fovrun's first TLS listener
secure_caller() {
    tunnel caller "$net.3:$port" "$address" "client = yes" "local = ${from:-$net.2}" \
        "CAfile = $authority" "verifyChain = yes" "checkIP = ${address%:*}"
    to=$net.3:$port
}
secure_call() { call -t t1 "$@"; }
