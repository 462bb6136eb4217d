# SPDX-License-Identifier: MIT
# What a live story is told with (sourced by bash): parties that are SIPp processes on loopback addresses of the story's
# own, a fovrun between them, and questions to its debug log, in which every message that comes or goes has a line.
# Waiting is always for an event, with a limit that only a broken machine reaches; whatever was started ends with the
# story. On a busy machine anybody may be late, and SIP repeats what is late: messages are counted without their
# repetitions, and a repetition is wrong only when the other side had answered.
set -u
here=tests/live
work=$(mktemp -d "${TMPDIR:-/tmp}/fov-live-XXXXXX") || exit 1
net=127.$((RANDOM % 200 + 20)).$((RANDOM % 250 + 2)) # this story's addresses
port=$((RANDOM % 12000 + 20000))                       # of its targets: below the ephemeral ones
log=$work/fovrun.log cdr=$work/cdr.json
children=() failures=0 checks=0 fovrun= address=

finish() {
    local child
    for child in "${children[@]}"; do kill -KILL "$child" 2>/dev/null; done
    wait 2>/dev/null
    if [ "$failures" != 0 ]; then
        echo "the log of fovrun ends:"
        tail -n 25 "$log" 2>/dev/null
    fi
    [ -n "${FOV_KEEP:-}" ] && echo "kept: $work" || rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND...: one thing that must be so
check() {
    local name=$1
    shift
    checks=$((checks + 1))
    "$@" && return
    failures=$((failures + 1))
    echo "failed: $name"
}

# The last word of a story.
report() {
    echo "$((checks - failures)) passed, $failures failed"
    [ "$failures" = 0 ]
}

give_up() {
    echo "failed: $1"
    failures=$((failures + 1)) checks=$((checks + 1))
    report
    exit 1
}

# skip WHY: this machine cannot tell the story
skip() {
    echo "skipped: $1"
    report
    exit 0
}

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# in_hex ADDRESS PORT: an IPv4 address as /proc/net has it
in_hex() {
    # shellcheck disable=SC2046 # four numbers
    printf '%02X%02X%02X%02X:%04X' $(tr . '\n' <<<"$1" | tac) "$2"
}

# bound ADDRESS PORT [tcp]: somebody has this UDP port, or listens at this TCP port
bound() {
    case $1 in
    *:*) grep -qi ":$(printf %04X "$2") 0*:0000" "/proc/net/${3:-udp}6" ;;
    *) grep -q " $(in_hex "$1" "$2") 00000000:0000" "/proc/net/${3:-udp}" ;;
    esac
}

# connections ADDRESS PORT: how many there are to this place now; one may be listed twice while others come and go
connections() {
    awk -v "to=$(in_hex "$1" "$2")" '$3 == to && $4 == "01" { seen[$2] } END { print length(seen) }' /proc/net/tcp
}

# party ADDRESS PORT SCENARIO [SIPP OPTIONS...]: a target that waits for calls
party() {
    local name=$work/party-$1-$2 transport=udp
    case " $* " in *" -t t1 "*) transport=tcp ;; esac
    sipp -sf "$3" -i "$1" -p "$2" -nostdin -trace_err -error_file "$name.errors" "${@:4}" >"$name.out" 2>&1 &
    children+=($!)
    wait_for 60 bound "$1" "$2" $transport || give_up "the party at $1:$2 does not start: $(tail -n 3 "$name.out")"
}
silent() { party "$net.$1" "$port" $here/silent.xml; }
answering() { party "$net.$1" "$port" $here/answer.xml; }
ringing() { party "$net.$1" "$port" $here/ring.xml; }
# refusing HOST CODE REASON [CONTACT]
refusing() {
    local contact=${4:-<sip:$net.$1:$port>}
    sed "s|@CODE@|$2|; s|@REASON@|$3|; s|@CONTACT@|$contact|" $here/refuse.xml >"$work/refuse-$1.xml"
    party "$net.$1" "$port" "$work/refuse-$1.xml"
}

# names LINES: a name server on $net.53 that says that (dns_zone.h), @N standing for the address of host N and @port for
# the targets' port; what it is asked is in $work/asked
names() {
    sed -E "s/@([0-9]+)/$net.\1/g; s/@port/$port/g" <<<"$1" >"$work/zone"
    "$BUILD/tests/live/dns" "$net.53" "$port" "$work/zone" >"$work/asked" 2>"$work/dns.errors" &
    children+=($!)
    wait_for 60 bound "$net.53" "$port" || give_up "the name server does not start: $(cat "$work/dns.errors")"
}
asked() { grep -cFx "$1" "$work/asked"; }

# plan FILE [SED SCRIPT]: compiles it with 192.168.0.N made this story's N, at the targets' port
plan() {
    sed -E "s|@192\.168\.0\.([0-9]+)|@$net.\1:$port|g; ${2:-}" "$1" >"$work/plan.txt"
    "$BUILD/fovc" compile "$work/plan.txt" -o "$work/plan.bin" >"$work/fovc.out" 2>&1 ||
        give_up "the plan does not compile: $(cat "$work/fovc.out")"
}

# server [OPTIONS...]: starts fovrun (on $net.1 unless a -l is among them), waits until it serves; sets $address
server() {
    local listen=(-l "udp:$net.1:0")
    case " $* " in *" -l "*) listen=() ;; esac
    start -p "$work/plan.bin" --log-level debug --cdr "$cdr" --state-dir "$work/state" "${listen[@]}" "$@"
}

# start [OPTIONS...]: the same with these options alone
start() {
    : >"$log"
    ${WRAPPER:-} "$BUILD/fovrun" "$@" 2>"$log" &
    fovrun=$!
    children+=($fovrun)
    wait_for 120 grep -q 'event=serving' "$log" || give_up "fovrun does not start: $(tail -n 3 "$log")"
    address=$(sed -n 's/.*event=listening .*address=//p' "$log" | head -n 1)
}

# call [SIPP OPTIONS...]: a caller (its calls end well or not: exit status); in the background the job is SIPp itself,
# so that it can be ended
call() {
    local options=(-sf $here/caller.xml) run=
    case " $* " in *" -sf "*) options=() ;; esac
    [ "$BASHPID" = $$ ] || run=exec
    $run sipp "${to:-$address}" "${options[@]}" -i "${from:-$net.2}" -s 100 -m 1 -nostdin -timeout 180s -timeout_error \
        -trace_err -error_file "$work/caller.errors" "$@" >"$work/caller.out" 2>&1
}
# refused_call CODE [SIPP OPTIONS...]: a caller that must be refused with CODE
refused_call() {
    sed "s|@CODE@|$1|" $here/refused-caller.xml >"$work/caller-$1.xml"
    call -sf "$work/caller-$1.xml" "${@:2}"
}

# register USER CONTACT: registers it (exit status), for $expires seconds
register() {
    sed "s|@CONTACT@|$2|; s|@EXPIRES@|${expires:-600}|" $here/registrant.xml >"$work/registrant.xml"
    call -sf "$work/registrant.xml" -s "$1"
}

# control WORDS...: fovctl on this story's store
control() { "$BUILD/fovctl" -s "$work/state" "$@" 2>"$work/control.errors"; }

# sent TO LINE, received FROM LINE: how many messages whose start line begins so; what is repeated counts once
sent() { matching "event=sent .* to=$1 .* line=\"$2" | sort -u | wc -l; }
received() { matching "event=received .* from=$1 .* line=\"$2" | sort -u | wc -l; }
matching() { grep "$1" "$log" | sed 's/.* call-id=//; s/ from=.* cseq=/ /'; }
# tries TO LINE: of each call, how often such a message was sent; the lowest and the highest number
tries() {
    grep "event=sent .* to=$1 .* line=\"$2" "$log" | sed 's/.* call-id=//; s/ .*//' | sort | uniq -c | sort -n |
        awk 'NR == 1 { low = $1 } { high = $1 } END { print low + 0, high + 0 }'
}
# Requests that were repeated to somebody who had answered them.
needless() {
    awk 'function field(name) { match($0, " " name "=[^ ]*"); return substr($0, RSTART, RLENGTH) }
        / event=(sent|received) / { key = field("call-id") field("cseq") field("method") }
        / event=received .* line="SIP/ { answered[key substr(field("from"), 7)] = 1 }
        / event=sent / && !/ method=ACK / && !/ line="SIP/ {
            key = key substr(field("to"), 5)
            if (sent[key]++ && answered[key]) print
        }' "$log"
}
at() { echo "$net.$1:$port"; }
# equal NAME EXPECTED FOUND
equal() { check "$1: expected $2, found $3" [ "$2" = "$3" ]; }

# between LOW HIGH NUMBER
between() { [ "$3" -ge "$1" ] && [ "$3" -le "$2" ]; }

# Ends fovrun at once (two signals) and looks at how it went.
stop() {
    kill -TERM "$fovrun"
    wait_for 60 grep -q 'event=draining' "$log"
    kill -TERM "$fovrun" 2>/dev/null # it may have ended by itself
    wait "$fovrun"
    equal "exit status of fovrun" 0 $?
    equal "requests repeated after an answer" "" "$(needless)"
}
