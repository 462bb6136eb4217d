#!/bin/bash
# SPDX-License-Identifier: MIT
# fovctl as an operator uses it, without a server: what it prints, what it says, its exit codes, and what is in the
# store.
set -u
cd "$(dirname "$0")/../.." || exit 1
case ${BUILD:=build} in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
passed=0 failed=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export TZ=UTC

tell() { # RESULT NAME
    if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "failed: $2"; fi
}

# exits CODE WORDS...: runs fovctl on the store in $work/state; standard input is empty unless there is a pipe
exits() {
    last="fovctl ${*:2}"
    "$BUILD/fovctl" -s state "${@:2}" >out 2>said
    local code=$?
    [ $code = "$1" ]
    tell $? "$last: exit code $code, not $1: $(cat said)"
}
prints() { # the last run printed exactly these lines
    diff <(printf '%s\n' "$@") out >difference
    tell $? "$last printed something else: $(cat difference)"
}
says() {
    grep -qF -e "$1" said
    tell $? "$last did not say: $1
$(cat said)"
}
silent() { # nothing printed, nothing said
    [ ! -s out ] && [ ! -s said ]
    tell $? "$last is not silent: $(cat out said)"
}

# The line.
exits 0 --help; grep -q 'user add NAME' out; tell $? "--help lists the commands"
exits 0 --version
exits 0 user add --help; grep -q -e '--password-file FILE' out; tell $? "help about a command names its options"
grep -q 'alias' out; tell $((!$?)) "and not those of others"
exits 2; says 'no command was given'
exits 2 usre list; says 'did you mean "user"?'
exits 2 user lst; says 'did you mean "list"?'
exits 2 user; says 'there is no command behind "user"'
exits 2 user list --jsno; says 'did you mean "--json"?'
exits 2 user list --group x; says 'this command has no option "group"'
exits 2 user list --json=yes; says 'there is no value for "json"'
exits 2 user add; says 'usage: fovctl user add NAME'
exits 2 user add a b; says 'too many words: "b"'
exits 2 user add a --realm; says 'there is no value behind "--realm"'
exits 2 user add a --realm x --realm=y; says 'given twice'
exits 66 user list; says 'No such file'
[ ! -e state ]; tell $? "a list makes no store"

# Users.
exits 1 user add alice <<<secret; says 'no realm is known yet'
exits 0 user add alice --realm example.com <<<secret; silent
exits 1 user add alice --realm example.com <<<secret; says 'there is a user alice already'
printf 'secret two\r\n' >password
exits 0 user add 1001 --realm=example.com --password-file password --allow alice,1002 --push; silent
exits 66 user add bob --realm example.com --password-file nowhere; says 'cannot read nowhere'
exits 1 user add bob --realm example.com </dev/null; says 'the password is empty'
for name in '' 'a b' a,b 'a:b' 'a@b' $'a\nb' '%zz' "$(printf '%0257d' 0)"; do
    exits 1 user add "$name" --realm example.com <<<secret
done
exits 1 user add '%62o%62' --realm example.com <<<secret; says 'the name is another way to write bob'
exits 1 user add bob --realm example.com --allow 'a,%62' <<<secret; says 'the allowed names are a list'
exits 1 user add bob --realm example.com --allow 'a,,b' <<<secret; says 'the allowed names are a list'
exits 1 user add bob --realm 'a"b' <<<secret; says 'a realm has no quotes'
exits 0 user list
prints 'name   realm        allow       push' '1001   example.com  alice,1002  yes' 'alice  example.com'
exits 0 user list --json
prints '[' '  {"name": "1001", "realm": "example.com", "allow": "alice,1002", "push": true},' \
    '  {"name": "alice", "realm": "example.com", "allow": "", "push": false}' ']'
grep -q secret state/*; tell $((!$?)) "no password is in the store"
ha1=$(printf 'alice:example.com:secret' | md5sum | cut -d' ' -f1)
grep -q "$ha1" state/fov.db*; tell $? "its hash is"
exits 0 user passwd alice --realm example.com <<<other; silent
ha1=$(printf 'alice:example.com:other' | md5sum | cut -d' ' -f1)
grep -q "$ha1" state/fov.db*; tell $? "and then that of the new password"
exits 1 user passwd bob --realm example.com <<<other; says 'there is no user bob'
exits 0 user del 1001; silent
exits 1 user del 1001; says 'there is no user 1001'
[ "$(stat -c %a state/fov.db)" = 600 ]; tell $? "only its owner can read the store"

# CSV.
printf '\xef\xbb\xbfName,Password,Allow\r\nbob,"se""cr,et","alice,carol"\r\n\r\nalice,new\r\ncarol,x,*' >users.csv
exits 0 user import users.csv --realm example.com; prints '3 users imported'
ha1=$(printf 'bob:example.com:se"cr,et' | sha256sum | cut -d' ' -f1)
grep -q "$ha1" state/fov.db*; tell $? "a password with quotes and commas is what it was"
exits 0 user list
prints 'name   realm        allow        push' 'alice  example.com' 'bob    example.com  alice,carol' \
    'carol  example.com  *'
printf 'dave,x\na b,x\neve\n"frank"x,y\ndave,y\ngrace,\nh,1,2,3\nlast,"open\n' >wrong.csv
exits 1 user import wrong.csv --realm example.com
for line in '2: the name is no user part' '3: there are 1 fields; expected name,password[,allow]' \
    '4: there is something behind the closing quote' '5: the same as on line 1' '6: the password is empty' \
    '7: there are 4 fields' '8: a quote is not closed' ' nothing was imported, 7 lines are wrong'; do
    says "wrong.csv:$line"
done
exits 0 user list; grep -q dave out; tell $((!$?)) "of a file that is wrong nothing is imported"
exits 0 user import - --realm example.com <<<'dave,x'; prints '1 user imported'
exits 0 user import /dev/null --realm example.com; prints '0 users imported'
exits 66 user import nowhere.csv --realm example.com; says 'cannot read nowhere.csv'
exits 66 user import . --realm example.com; says 'irectory'

# Aliases.
exits 0 alias add 800 alice; silent
exits 1 alias add 801 $'\xc2\x9b31mred'; says 'has a control character'
exits 1 alias add 801 $'\e[31mred'; says 'has a control character'
exits 0 alias add 800 bob --group night; silent
exits 1 alias add 800 carol; says '800 is an alias of alice already'
exits 1 alias add 801 ''; says 'cannot be empty'
exits 0 alias list; prints 'alias  entity  group' '800    alice' '800    bob     night'
exits 1 alias del 801; says 'there is no alias 801'
exits 1 alias del 800 --group day; says 'there is no alias 800 in the group day'
exits 0 alias del 800; silent
printf '900,alice\n900,bob,night\n' >aliases.csv
exits 0 alias import aliases.csv; prints '2 aliases imported'
exits 0 alias list --json
prints '[' '  {"alias": "900", "entity": "alice", "group": ""},' \
    '  {"alias": "800", "entity": "bob", "group": "night"},' \
    '  {"alias": "900", "entity": "bob", "group": "night"}' ']'

# Blocks.
exits 0 block add 192.0.2.1; silent
exits 0 block add 2001:DB8:0::1 --for 10m; silent
exits 1 block add 192.0.2; says '"192.0.2" is no address'
exits 1 block add 192.0.2.2 --for soon; says '--for cannot be "soon"'
exits 1 block add 192.0.2.2 --for 25h; says 'up to 24h'
exits 0 block list
grep -q '^2001:db8::1  20..-..-..T..:..:..Z$' out; tell $? "a block list has its times: $(cat out)"
exits 1 block del 192.0.2.7; says '192.0.2.7 is not blocked'
exits 0 block del 192.0.2.1; silent
exits 0 block list --json; [ "$(grep -c address out)" = 1 ]; tell $? "one is left"

# Registrations: those of a server are seen in tests/live.
exits 0 registration list; prints 'user  contact  q  expires  source  nat  path'
exits 1 registration del alice; says 'alice is not registered'

# Files and disks.
if [ "$(id -u)" = 0 ]; then # what root makes belongs to the server
    mkdir other && chown 65534 other
    "$BUILD/fovctl" -s other block add 192.0.2.1
    tell $(($(stat -c %u other/fov.db) != 65534)) "a store that root makes belongs to whom its directory belongs to"
fi
"$BUILD/fovctl" -s state user list >/dev/full 2>said
tell $(($? != 74)) "a full disk behind standard output is an error: $(cat said)"
(ulimit -f 40; trap '' XFSZ; for i in $(seq 2000); do echo "u$i,password"; done | # KiB
    "$BUILD/fovctl" -s state user import - --realm example.com >out 2>said)
tell $(($? != 74)) "a full disk under the store is an error: $(cat said)"
exits 0 user list; grep -q u1 out; tell $((!$?)) "and nothing is half imported"
printf 'no database, whatever its name says; it only has some length' >state/fov.db
exits 66 user list; says 'fov.db is no store, or damaged'
exits 66 user add alice --realm example.com <<<secret; says 'fov.db is no store, or damaged'
rm state/fov.db*
mkdir state/fov.db
exits 66 user list
exits 74 user add alice --realm example.com <<<secret
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
