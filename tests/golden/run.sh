#!/bin/sh
# SPDX-License-Identifier: MIT
# Golden tests of the compiler, what a plan becomes and what is said about it, and of configurations (config.sh).
#   NAME.plan     the plan; its first line may be "# options: -Wextension" for fovc compile
#   NAME.make     a script that prints the plan, for plans that nobody wants to look at
#   NAME.dump     the listing of its image (fovc compile -S); no such file: the plan has errors
#   NAME.err      every message; no such file: there is none
# With BLESS=1 the results become the expected files; read the difference before you commit it.
# Every code of grammar/diags.def has to stand in some .err.
cd "$(dirname "$0")" || exit 1
top=$(cd ../.. && pwd)
case ${BUILD:=build} in /*) ;; *) BUILD=$top/$BUILD ;; esac
fovc=$BUILD/fovc
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

pass() { passed=$((passed + 1)); }
fail() { failed=$((failed + 1)); echo "golden/$1: $2"; }

# expect NAME KIND GOT: compares with NAME.KIND, or makes it that; an empty result has no file.
expect() {
    if [ -n "$BLESS" ]; then
        if [ -s "$3" ]; then cp "$3" "$1.$2"; else rm -f "$1.$2"; fi
        return 0
    fi
    if [ -e "$1.$2" ]; then diff -u "$1.$2" "$3"; else diff -u /dev/null "$3"; fi
}

case_of() {
    name=$1 plan=$1.plan
    if [ -e "$name.make" ]; then
        plan=$work/$name.plan
        sh "./$name.make" >"$plan"
    fi
    options=$(sed -n '1s/^# options: //p' "$plan" | tr -d '\r')
    # The name in the messages is the one in this directory, wherever the plan lies.
    (cd "$(dirname "$plan")" && exec "$fovc" compile -S $options "$name.plan") >"$work/dump" 2>"$work/err" </dev/null
    code=$?
    if grep -q ' error: ' "$work/err"; then wanted=1; else wanted=0; fi
    [ $code -eq $wanted ] || { fail "$name" "exit code $code, not $wanted"; return; }
    if expect "$name" dump "$work/dump" && expect "$name" err "$work/err"; then pass; else fail "$name" "differs"; fi
}

for file in *.plan *.make; do
    [ -e "$file" ] && case_of "${file%.*}"
done

for code in $(sed -n 's/^DIAG([A-Z_]*, "\([a-z-]*\)".*/\1/p' ../../grammar/diags.def); do
    if grep -q "\[$code\]\$" ./*.err; then pass; else fail "$code" "no case shows this code"; fi
done

. ./commands.sh
. ./config.sh

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
