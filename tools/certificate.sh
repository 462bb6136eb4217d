#!/bin/bash
# SPDX-License-Identifier: MIT
# tools/certificate.sh DIRECTORY NAME IDENTITIES [KEY]: a certificate for tests and first steps, not for the world.
# IDENTITIES are as openssl writes a subjectAltName: DNS:sip.example.org,IP:192.0.2.1 ("" for none). Makes
# DIRECTORY/ca.pem, whom all of them trust, when it is not there yet, and DIRECTORY/NAME.pem: certificate and key (of
# P-256, or rsa:2048).
set -eu
directory=$1 name=$2 identities=$3
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256)
[ -z "${4:-}" ] || key=(-newkey "$4")
umask 077
mkdir -p "$directory"
make_one() {
    openssl req -x509 -config /dev/null "${key[@]}" -nodes -days 30 "$@" 2>"$directory/openssl.errors" || {
        cat "$directory/openssl.errors" >&2
        exit 1
    }
}
[ -e "$directory/ca.pem" ] ||
    make_one -subj "/CN=authority for tests" -addext basicConstraints=critical,CA:true -addext keyUsage=keyCertSign \
        -keyout "$directory/ca.key" -out "$directory/ca.pem"
make_one -CA "$directory/ca.pem" -CAkey "$directory/ca.key" -subj "/CN=$name" -addext basicConstraints=CA:false \
    ${identities:+-addext "subjectAltName=$identities"} -keyout "$directory/$name.key" -out "$directory/$name.crt"
cat "$directory/$name.crt" "$directory/$name.key" >"$directory/$name.pem"
