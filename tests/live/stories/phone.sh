# SPDX-License-Identifier: MIT
# A phone made of the shell and coreutils' hashes: it registers with either algorithm, and calls; nobody else does.
. tests/live/lib.sh
printf '%s\n' '[Matching Patterns]' '$request = ^INVITE' '[Deploy Patterns]' 'To = sip:100@192.168.0.100' \
    >"$work/phone.txt"
plan "$work/phone.txt"
refusing 100 486 "Busy Here"
echo secret >"$work/password"
"$BUILD/fovctl" -s "$work/state" user add bob --realm fov.example --password-file "$work/password" >/dev/null
equal "exit status of fovctl" 0 $?
server --realm=fov.example --domain=fov.example --auth=invite
exec {phone}<>"/dev/udp/${address%:*}/${address##*:}"
at=$net.2 cseq=0 answer=

say() { # LINE...: one datagram
    printf '%s\r\n' "$@" "" | dd bs=65536 iflag=fullblock >&"$phone" 2>/dev/null
}
# request METHOD URI TO [LINE]: sends it and leaves the final answer in `answer`
request() {
    local via="Via: SIP/2.0/UDP $at;rport;branch=z9hG4bK$((++cseq))" from="From: <sip:bob@fov.example>;tag=phone"
    say "$1 $2 SIP/2.0" "$via" "Max-Forwards: 70" "$from" "To: <$3>" "Call-ID: phone" "CSeq: $cseq $1" \
        "Contact: <sip:bob@$at>" ${4:+"$4"} "Content-Length: 0"
    until [[ $answer == *"CSeq: $cseq "* && $answer != "SIP/2.0 1"* ]]; do
        answer=$(timeout 60 dd bs=65536 count=1 <&"$phone" 2>/dev/null) || give_up "no answer to $1"
    done
    [ "$1" != INVITE ] ||
        say "ACK $2 SIP/2.0" "$via" "Max-Forwards: 70" "$from" "$(grep '^To:' <<<"$answer" | tr -d '\r')" \
            "Call-ID: phone" \
            "CSeq: $cseq ACK"
}
hash() { # PROGRAM TEXT
    printf %s "$2" | "$1" | cut -d ' ' -f 1
}
# credentials HEADER ALGORITHM PROGRAM METHOD URI COUNT PASSWORD: for the challenge in `answer`
credentials() {
    local nonce
    nonce=$(sed -n "s/.*nonce=\"\([^\"]*\)\", algorithm=$2,.*/\1/p" <<<"$answer")
    line="$1: Digest username=\"bob\", realm=\"fov.example\", nonce=\"$nonce\", uri=\"$5\", algorithm=$2, cnonce=\"c\", qop=auth, \
nc=$6, response=\"$(hash "$3" "$(hash "$3" "bob:fov.example:$7"):$nonce:$6:c:auth:$(hash "$3" "$4:$5")")\""
}
status() {
    equal "$1" "$2" "$(head -n 1 <<<"$answer" | cut -d ' ' -f 2)"
}

request REGISTER sip:fov.example sip:bob@fov.example
status "without credentials" 401
credentials Authorization SHA-256 sha256sum REGISTER sip:fov.example 00000001 secret
request REGISTER sip:fov.example sip:bob@fov.example "$line"
status "with SHA-256" 200
request REGISTER sip:fov.example sip:bob@fov.example "$line"
status "with the same once more" 401
check "that is stale" grep -q 'stale=true' <<<"$answer"
credentials Authorization MD5 md5sum REGISTER sip:fov.example 00000001 secret
request REGISTER sip:fov.example sip:bob@fov.example "$line"
status "with MD5" 200
request REGISTER sip:fov.example sip:ann@fov.example
credentials Authorization SHA-256 sha256sum REGISTER sip:fov.example 00000001 secret
request REGISTER sip:fov.example sip:ann@fov.example "$line"
status "as somebody else" 403
request INVITE sip:100@fov.example sip:100@fov.example
status "a call without credentials" 407
credentials Proxy-Authorization SHA-256 sha256sum INVITE sip:100@fov.example 00000001 guess
request INVITE sip:100@fov.example sip:100@fov.example "$line"
status "a call with a wrong password" 407
credentials Proxy-Authorization SHA-256 sha256sum INVITE sip:100@fov.example 00000001 secret
request INVITE sip:100@fov.example sip:100@fov.example "$line"
status "a call" 486
equal "INVITEs to the target" 1 "$(sent "$(at 100)" 'INVITE sip:100@')"
equal "contacts of bob" 1 "$("$BUILD/fovctl" -s "$work/state" registration list bob | grep -c "sip:bob@$at")"
check "the record names the user" wait_for 60 grep -q '"user":"bob"' "$cdr"
stop
check "the counters say the same" \
    grep -q 'event=counters .* challenges=5 auth-failures=1 auth-replays=1 identity-refused=1' "$log"
report
