# SPDX-License-Identifier: MIT
# The server may open no more descriptors: a target over TCP cannot be tried, and the next one over UDP is at once. As soon as it
# may again, the first one is. So it is with a request that is longer than UDP carries, to a target that is over nothing else.
. tests/live/lib.sh
cat >"$work/two.txt" <<'END'
[Deploy Patterns]
To = sip:100@192.168.0.100
$transport = TCP
$session = failover sip:101@192.168.0.101/UDP
END
plan "$work/two.txt"
party "$net.100" "$port" $here/answer.xml -t t1
answering 101
server -l "udp:$net.1:0" -l "tcp:$net.1:0"
# The first number that no descriptor has.
free_number() {
    local number=0
    while [ -e "/proc/$fovrun/fd/$number" ]; do number=$((number + 1)); done
    echo $number
}
allow() { prlimit --pid "$fovrun" --nofile="$1:" || give_up "prlimit does not work"; }
causes() { grep -o '"cause":"[^"]*"' "$cdr" | cut -d '"' -f 4 | paste -s -d ' '; }
# passes CAUSES: a call is answered, and its attempts end so
passes() {
    : >"$cdr"
    call
    equal "exit status of the caller" 0 $?
    wait_for 60 [ -s "$cdr" ]
    equal "causes of the attempts" "$1" "$(causes)"
}
before=$(ulimit -Sn)
allow "$(free_number)"
passes "local-limit response"
allow "$before"
check "the log says which limit it was" \
    grep -q "event=connection-failed remote=$(at 100) cause=local-limit error=\"Too many open files\"" "$log"
passes "response"
stop

# A request of some bytes less than a message may have, and some more than a datagram. How long it leaves tells a short one.
cat >"$work/long.txt" <<'END'
[Deploy Patterns]
To = sip:102@192.168.0.102
$transport = UDP
$session = failover sip:102@192.168.0.102/TCP
&failover.pattern.response = 503
END
plan "$work/long.txt"
refusing 102 486 Busy
party "$net.102" "$port" "$work/refuse-102.xml" -t t1
server -l "tcp:$net.1:0" -l "udp:$net.1:0"
# invite COUNT: a request with so many bytes in its Subject; what is answered in the end
invite() {
    local line= connection
    exec {connection}<>"/dev/tcp/${address%:*}/${address#*:}"
    printf '%s\r\n' "INVITE sip:102@$net.1 SIP/2.0" "Via: SIP/2.0/TCP $net.2;branch=z9hG4bK$1" 'Max-Forwards: 70' \
        "From: <sip:a@$net.2>;tag=a" "To: <sip:102@$net.1>" "Call-ID: long-$1" 'CSeq: 1 INVITE' "Contact: <sip:a@$net.2>" \
        "Subject: $(head -c "$1" /dev/zero | tr '\0' x)" 'Content-Length: 0' '' >&"$connection"
    until [[ $line == SIP/2.0\ [2-6]* ]]; do read -r -t 60 line <&"$connection" || break; done
    exec {connection}>&-
    echo "${line%$'\r'}"
}
equal "the answer to a short request" "SIP/2.0 486 Busy" "$(invite 1000)"
short=$(sed -n "s/.*event=sent .* to=$(at 102) .* method=INVITE bytes=\([0-9]*\) .*/\1/p" "$log")
: >"$cdr"
equal "the answer to a long one" "SIP/2.0 486 Busy" "$(invite $((1000 + 65520 - short)))"
wait_for 60 [ -s "$cdr" ]
equal "causes of its attempts" "local-limit response" "$(causes)"
stop
report
