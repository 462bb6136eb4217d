# SPDX-License-Identifier: MIT
# A phone that is SIP.js, over ws and wss: it is called and calls, each side hangs up; the server is killed, and the
# phone connects again and is called again. SIP.js comes from npm, once for each build, as sipjs/package-lock.json says.
. tests/live/lib.sh
. tests/live/secure.sh
modules=$BUILD/tests/live/sipjs
command -v node >/dev/null && command -v npm >/dev/null || skip "there is no node, or no npm"
if ! [ "$modules/node_modules/.package-lock.json" -nt $here/sipjs/package-lock.json ]; then
    mkdir -p "$modules" && cp $here/sipjs/package*.json "$modules"
    (cd "$modules" && timeout 60 npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --fetch-retries=0) \
        >"$work/npm" 2>&1 ||
        skip "npm does not bring SIP.js: $(grep -m 1 -i 'err' "$work/npm" || echo "no answer within a minute")"
fi

cat >"$work/two.txt" <<'END'
[Matching Patterns]
$request = ^INVITE sip:100@
[Deploy Patterns]
To = sip:100@192.168.0.100

[Matching Patterns]
$request = ^INVITE sip:101@
[Deploy Patterns]
To = sip:101@192.168.0.101
END
plan "$work/two.txt"
# described SCENARIO COUNT: the same with a description of media in its first COUNT messages, which SIP.js hangs up
# without
described() {
    awk -v "count=$2" '/^Content-Length: 0$/ && count-- > 0 {
        print "Content-Type: application/sdp\nContent-Length: [len]\n\nv=0"; next } { print }' "$here/$1" >"$work/$1"
}
described answer.xml 2
described hanging-up.xml 1
described caller.xml 1
described hung-up.xml 1
party "$net.100" "$port" "$work/answer.xml"
party "$net.101" "$port" "$work/hanging-up.xml"
certificate fovrun "DNS:fov.example,IP:$net.1"
ws=$net.1:$((port + 1)) wss=$net.1:$((port + 2))
serve() {
    server -l "udp:$net.1:$port" -l "ws:$ws" -l "wss:$wss" --domain=fov.example --tls-certificate "$tls/fovrun.pem"
}
serve

# said LINE [TIMES]: the phone has, so often
said() { [ "$(grep -cFx "$1" "$work/sipjs.out")" -ge "${2:-1}" ]; }
tell() { echo "$*" >&"$keys"; }
# follow TRANSPORT SERVER
follow() {
    local phone caller
    mkfifo "$work/keys-$1"
    exec {keys}<>"$work/keys-$1"
    : >"$work/sipjs.out"
    NODE_EXTRA_CA_CERTS=$authority node $here/sipjs/phone.mjs "$modules/node_modules" "$1://$2" <"$work/keys-$1" \
        >"$work/sipjs.out" 2>&1 &
    phone=$!
    children+=($phone)
    check "$1: it registers" wait_for 60 said registered
    call -s bob -sf "$work/caller.xml"
    equal "$1: exit status of who calls it and hangs up" 0 $?
    check "$1: it hears of that" wait_for 60 said "called terminated"
    call -s bob -sf "$work/hung-up.xml" &
    caller=$!
    children+=($caller)
    check "$1: it is called again" wait_for 60 said "called established" 2
    tell hang-up
    wait "$caller"
    equal "$1: exit status of whom it hangs up on" 0 $?
    tell call sip:100@fov.example
    check "$1: it calls" wait_for 60 said "calling established"
    tell hang-up
    check "$1: it hangs up" wait_for 60 said "calling terminated"
    tell call sip:101@fov.example
    check "$1: it is hung up on" wait_for 60 said "calling terminated" 2
    kill -KILL "$fovrun"
    wait "$fovrun" 2>/dev/null
    serve
    check "$1: it connects and registers again" wait_for 60 said registered 2
    call -s bob -sf "$work/caller.xml"
    equal "$1: exit status of who calls it then" 0 $?
    equal "$1: INVITEs to where only its connection leads" 1 \
        "$(sent '[0-9.:]*' 'INVITE sip:[^ ]*\.invalid;transport=ws ')"
    tell leave
    wait "$phone"
    equal "$1: exit status of SIP.js" 0 $?
    check "$1: it goes" grep -q 'event=unregistered .*user=bob' "$log"
    exec {keys}>&-
    [ "$failures" = 0 ] || sed "s/^/$1: /" "$work/sipjs.out"
}
follow ws "$ws"
follow wss "$wss"
stop
report
