# SPDX-License-Identifier: MIT
# The file of records cannot grow: calls go on, and the log says so. A limit on the size of files stands in for a full
# disk.
. tests/live/lib.sh
plan plans/failover-4.txt
refusing 100 502 "Broken Here"
head -c 65536 /dev/zero | tr '\0' '\n' >"$cdr"
WRAPPER="prlimit --fsize=65536"
server --log-level notice
refused_call 502
equal "exit status of the caller" 0 $?
check "the log says that records are lost" wait_for 60 grep -q 'event=records-lost .*error="File too large"' "$log"
equal "size of the file of records" 65536 "$(stat -c %s "$cdr")"
: >"$cdr"
refused_call 502
equal "exit status of the second caller" 0 $?
check "the next record is written" wait_for 60 grep -q '^{"time":.*}$' "$cdr"
check "the log says that, too" wait_for 60 grep -q 'event=records-written-again' "$log"
stop
report
