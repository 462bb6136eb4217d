# SPDX-License-Identifier: MIT
# TLS in a live story (sourced after lib.sh): parties are SIPp processes over TCP, each behind a stunnel of its own that
# has a certificate. Their authority is $authority.
tls=$work/tls authority=$work/tls/ca.pem

# certificate NAME IDENTITIES [KEY]: $tls/NAME.pem
certificate() { tools/certificate.sh "$tls" "$@" || give_up "no certificate for $1"; }

# dated NAME IDENTITIES FROM UNTIL: the same, good from then until then, as date -d reads them
dated() {
    local one=$tls/$1 times=()
    certificate "$1" "$2"
    printf '%s\n' '[ca]' 'default_ca = it' '[it]' "new_certs_dir = $tls" "database = $one.index" 'rand_serial = yes' \
        'default_md = sha256' 'policy = any' 'x509_extensions = names' '[any]' 'commonName = supplied' '[names]' \
        "subjectAltName = $2" >"$one.conf"
    : >"$one.index"
    times=(-startdate "$(date -u -d "$3" +%Y%m%d%H%M%SZ)" -enddate "$(date -u -d "$4" +%Y%m%d%H%M%SZ)")
    openssl x509 -x509toreq -in "$one.crt" -signkey "$one.key" -out "$one.csr" 2>"$one.errors" &&
        openssl ca -batch -notext -config "$one.conf" -cert "$authority" -keyfile "$tls/ca.key" "${times[@]}" \
            -in "$one.csr" -out "$one.crt" 2>>"$one.errors" || give_up "no dated certificate: $(cat "$one.errors")"
    cat "$one.crt" "$one.key" >"$one.pem"
}
# stranger NAME IDENTITIES: one of an authority that nobody knows
stranger() {
    tools/certificate.sh "$work/strangers" "$1" "$2" && cp "$work/strangers/$1.pem" "$tls/" ||
        give_up "no certificate for $1"
}

# tunnel NAME ACCEPT CONNECT LINES...: from one ADDRESS:PORT to another; lines of its configuration
tunnel() {
    local name=$work/tunnel-$1
    printf '%s\n' "foreground = yes" "pid =" "socket = r:TCP_NODELAY=1" "[it]" "accept = $2" "connect = $3" "${@:4}" \
        >"$name.conf"
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
