# SPDX-License-Identifier: MIT
# Real phones for a live story (sourced after lib.sh): baresip without a screen or a sound card, told what to do over
# its control port. A phone hears its own echo.

# Phones call each other by name.
plan_for_phones() {
    cat >"$work/pbx.txt" <<'END'
[Matching Patterns]
$request = ^INVITE
To = sip:([a-z]+)@
[Deploy Patterns]
To = sip:%1@
END
    plan "$work/pbx.txt"
}

# phone NAME HOST REGISTRAR PASSWORD [LINES...]: starts it on $net.HOST, registering at REGISTRAR (ADDRESS:PORT, and
# parameters of the URI), with the parameters of the account in $account; lines of its configuration
phone() {
    local name=$1 ip=$net.$2 dir=$work/phone-$1
    mkdir -p "$dir"
    cat >"$dir/config" <<END
poll_method epoll
net_interface $ip
sip_listen $ip:$port
audio_player aubridge,x
audio_source aubridge,x
audio_alert aubridge,x
module_path $(dirname "$(find /usr/lib -path '*baresip/modules/g711.so' -print -quit)")
module g711.so
module aubridge.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module ctrl_tcp.so
ctrl_tcp_listen $ip:$((port + 2))
$(printf '%s\n' "${@:5}")
END
    echo "<sip:$name@$3>;auth_pass=$4;regint=60;answermode=auto${account:-}" >"$dir/accounts"
    : >"$dir/contacts"
    : >"$dir/out"
    # It reads commands from its terminal, too: from one that says nothing and never ends.
    mkfifo "$dir/keys"
    baresip -f "$dir" -v <>"$dir/keys" >"$dir/out" 2>&1 &
    children+=($!)
    wait_for 60 grep -q 'baresip is ready' "$dir/out" ||
        give_up "the phone $name does not start: $(tail -n 3 "$dir/out")"
    phone_address[$name]=$ip
}
declare -A phone_address

# tell NAME COMMAND [PARAMETERS]: a netstring of JSON
tell() {
    local message="{\"command\":\"$2\",\"params\":\"${3:-}\"}"
    printf '%d:%s,' "${#message}" "$message" >"/dev/tcp/${phone_address[$1]}/$((port + 2))"
}

# said NAME PATTERN [TIMES]: the phone said it, so often at least
said() { [ "$(sed 's/\x1b\[[0-9;]*m//g' "$work/phone-$1/out" | grep -cE -e "$2")" -ge "${3:-1}" ]; }
