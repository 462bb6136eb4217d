# SPDX-License-Identifier: MIT
# fovctl while the server runs: users are asked for their passwords as soon as there is one, can be seen and put out
# when they are registered, and are let in no more when they are removed; aliases come and go.
. tests/live/lib.sh
cat >"$work/local.txt" <<'END'
[Matching Patterns]
$request = ^INVITE
$alias.lookup("800") = (.+)
[Deploy Patterns]
$action = 486
END
plan "$work/local.txt"
server --realm live
exec 3<>"/dev/udp/${address%:*}/${address##*:}"

# ask CSEQ [HEADER]: sends a REGISTER, prints what comes back
ask() {
    printf '%s\r\n' "REGISTER sip:$address SIP/2.0" \
        "Via: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK-$RANDOM-$RANDOM-$1" \
        "From: <sip:100@$address>;tag=$RANDOM" "To: <sip:100@$address>" "Call-ID: $RANDOM-$RANDOM" "CSeq: $1 REGISTER" \
        "Contact: <sip:100@127.0.0.1:9>" "Max-Forwards: 70" ${2+"$2"} "Content-Length: 0" "" >"$work/request"
    cat "$work/request" >&3
    timeout 20 dd bs=65536 count=1 <&3 2>/dev/null
}
hash() { printf %s "$1" | md5sum | cut -d' ' -f1; }
# login PASSWORD: registers as 100 with it (RFC 7616 3.4.1); prints the code of the last answer
login() {
    local nonce response
    nonce=$(ask 1 | sed -n 's/^WWW-Authenticate:.*nonce="\([^"]*\)", algorithm=MD5.*/\1/p')
    response=$(hash "$(hash "100:live:$1"):$nonce:00000001:c:auth:$(hash "REGISTER:sip:$address")")
    ask 2 "Authorization: Digest username=\"100\", realm=\"live\", nonce=\"$nonce\", uri=\"sip:$address\", algorithm=MD5, \
qop=auth, nc=00000001, cnonce=\"c\", response=\"$response\"" | sed -n '1s/^SIP.2.0 \([0-9]*\) .*/\1/p'
}
contacts() { control registration list "$@" --json | grep -c '"user": "100", "contact": "sip:100@127.0.0.1:9"'; }
code_is() { [ "$(login "$2")" = "$1" ]; }
challenges() { ask 1 | grep -q '^SIP/2.0 401 '; }
lets_in() { ask 1 | grep -q '^SIP/2.0 200 '; }

check "without users nobody is asked for a password" lets_in
equal "contacts in the store" 1 "$(contacts)"
control user add 100 <<<secret
equal "exit status of fovctl user add" 0 $?
equal "its realm is the server's" live "$(control user list | awk '$1 == 100 { print $2 }')"
check "a user makes that everybody is asked" wait_for 60 challenges
check "the right password is good" code_is 200 secret
check "a wrong one is not" code_is 401 wrong
control user passwd 100 <<<other
check "a new password is good" wait_for 60 code_is 200 other
check "the old one is not any more" code_is 401 secret

equal "what fovctl removes" "1 contact removed" "$(control registration del 100)"
not_registered() { from=$net.3 refused_call 480; }
check "who was put out is not called" wait_for 60 not_registered
equal "contacts in the store then" 0 "$(contacts 100)"

control alias add 800 alice
busy() { from=$net.3 refused_call 486; }
check "an alias is seen" wait_for 60 busy
control alias del 800
check "and is gone when it is removed" wait_for 60 not_registered
control user del 100
check "without users nobody is asked any more" wait_for 60 lets_in
stop
report
