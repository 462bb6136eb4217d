# SPDX-License-Identifier: MIT
# The store cannot grow: clients register all the same, the log says so, and everything is written when there is room
# again. A limit on the size of files stands in for a full disk. Then a store that is none, and a directory without a
# place for one.
. tests/live/lib.sh
cat >"$work/local.txt" <<'END'
[Matching Patterns]
$method = ^MESSAGE$
[Deploy Patterns]
$action = 405
END
plan "$work/local.txt"
sed 's|\[service\]|u[call_number]|g; s|@CONTACT@|sip:[call_number]@127.0.0.1:9|; s|@EXPIRES@|600|' \
    $here/registrant.xml >"$work/many.xml"
WRAPPER="prlimit --fsize=65536:"
server
call -sf "$work/many.xml" -m 300 -r 200
equal "exit status of the clients" 0 $?
check "the log says that the store fails" wait_for 60 grep -q 'event=store-failing file=.* error="File too large"' \
    "$log"
prlimit --pid "$fovrun" --fsize=unlimited
check "and when it works again" wait_for 60 grep -q 'event=store-working-again' "$log"
equal "how often it says that it fails" 1 "$(grep -c event=store-failing "$log")"
{ kill -KILL "$fovrun" && wait "$fovrun"; } 2>/dev/null
WRAPPER='' server -l "udp:$address"
check "nothing is lost" grep -q 'event=store .* registrations=300 ' "$log"
check "one that keeps its state there cannot begin beside it" eval '! "$BUILD/fovrun" -p "$work/plan.bin" \
    -l "udp:$net.1:0" --state-dir "$work/state" 2>"$work/beside.log"'
check "it says why: $(cat "$work/beside.log")" grep -q 'another server keeps its state in' "$work/beside.log"
stop

refused() { # WORDS: the server does not start, and says so
    output=$("$BUILD/fovrun" -p "$work/plan.bin" -l "udp:$net.1:0" --state-dir "$work/state" 2>&1)
    equal "exit status with such a store" 1 $?
    check "the reason is named: $output" grep -q "$1" <<<"$output"
}
printf 'precious letters, not a database at all' >"$work/state/fov.db"
refused 'fov.db is no store, or damaged'
rm "$work/state/fov.db" "$work"/state/fov.db-* 2>/dev/null
mkdir "$work/state/fov.db"
refused 'fov.db: '
mkdir "$work/file" && : >"$work/file/state"
"$BUILD/fovrun" -p "$work/plan.bin" -l "udp:$net.1:0" --state-dir "$work/file/state" 2>"$work/without.log" &
fovrun=$! log=$work/without.log
children+=($fovrun)
check "without a place for a store it serves, and warns" wait_for 60 grep -q 'event=serving' "$log"
check "it names the place" grep -q 'level=warning event=store-not-kept directory=.*/file/state ' "$log"
stop
report
