# SPDX-License-Identifier: MIT
# Ten calls that fail over to a name, a registration and a challenge, under valgrind: no leak, no wild access. (With
# sanitizers in the program there is nothing to do: they look themselves.)
. tests/live/lib.sh
if [ -n "${SAN:-}" ]; then
    check "the sanitizers look in every story" true
    report
    exit
fi
plan plans/failover-4.txt 's|sip:101@[^ ]*|sip:101@pool.example.net|'
names '_sip._udp.pool.example.net SRV 0 0 @port gw.example.net
gw.example.net A @101
gw.example.net truncated'
refusing 100 404 "Not Found"
answering 101
WRAPPER="valgrind -q --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all --error-exitcode=99 --log-file=$work/valgrind"
server --resolver "$net.53:$port"
call -m 10 -r 5
equal "exit status of the caller" 0 $?
register 101 "sip:101@$(at 101)"
equal "exit status of the client" 0 $?
control user add 101 <<<secret
check "a challenge is under valgrind, too" wait_for 60 eval '! register 101 "sip:101@$(at 101)"'
stop
check "valgrind is content: $(cat "$work/valgrind")" [ ! -s "$work/valgrind" ]
report
