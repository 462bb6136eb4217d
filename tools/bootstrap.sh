#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what building and testing need, and only what is missing; `bootstrap.sh demo`: what building and the demos
# need. Debian 12 (and its kin) with root or sudo; elsewhere it says what to install by hand. Run by `make bootstrap`,
# `make check` and `make demo`.
set -u

# package     what shows that it is there: a command, or a <header>
needed='
gcc           cc
libc6-dev     <stdio.h>
make          make
binutils      ar
bison         bison
flex          flex
libev-dev     <ev.h>
libwslay-dev  <wslay/wslay.h>
libsqlite3-dev <sqlite3.h>
libssl-dev    <openssl/ssl.h>
libc-ares-dev <ares.h>
libosip2-dev  <osipparser2/osip_parser.h>
libmd-dev     <md5.h>
libsodium-dev <sodium.h>
stunnel4      stunnel
sip-tester    sipp
openssl       openssl
'
needed_by_tests='
libcriterion-dev <criterion/criterion.h>
libpcre2-dev  <pcre2.h>
baresip-core  baresip
nodejs        node
npm           npm
valgrind      valgrind
mandoc        mandoc
tzdata        /usr/share/zoneinfo/Europe/Berlin
'
[ "${1:-}" = demo ] || needed=$needed$needed_by_tests

has() {
    case $1 in
    /*) [ -e "$1" ] ;;
    \<*) command -v cc >/dev/null &&
        printf '#define PCRE2_CODE_UNIT_WIDTH 8\n#include %s\n' "$1" | cc -E - >/dev/null 2>&1 ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

list_missing() {
    echo "$needed" | while read -r package probe; do
        [ -z "$package" ] || has "$probe" || printf '%s ' "$package"
    done
}

refuse() {
    printf 'bootstrap: %s\nbootstrap: please install: %s\n' "$1" "$missing" >&2
    exit 1
}

missing=$(list_missing)
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || refuse "this system has no apt-get"
as_root=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || refuse "installing packages takes root, and there is no sudo"
    as_root=sudo
fi

echo "bootstrap: installing $missing"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
install() {
    # shellcheck disable=SC2086 # words of $missing are packages
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing >"$log" 2>&1 \
        </dev/null
}
# The package lists may be absent or older than the archive: fetch them only when it does not work without.
if ! install; then
    $as_root apt-get -q update >"$log" 2>&1
    install || {
        tail -n 15 "$log" >&2
        refuse "apt-get could not install them (its last words stand above)"
    }
fi
missing=$(list_missing)
[ -z "$missing" ] || refuse "installed, and yet not found"
