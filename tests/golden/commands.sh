# SPDX-License-Identifier: MIT
# Part of run.sh: the command line of fovc, the published examples, and the same bytes everywhere.

# exits CODE WORDS...: runs fovc in $work; its output is in $work/out and $work/said.
exits() {
    wanted=$1
    shift
    (cd "$work" && exec "$fovc" "$@") >"$work/out" 2>"$work/said" </dev/null
    code=$?
    if [ $code -eq "$wanted" ]; then pass; else fail "fovc $*" "exit code $code, not $wanted"; cat "$work/said"; fi
}

# says TEXT / prints TEXT: the last run said it on standard error / printed it.
says() { if grep -qF -e "$1" "$work/said"; then pass; else fail commands "did not say: $1"; cat "$work/said"; fi; }
prints() { if grep -qF -e "$1" "$work/out"; then pass; else fail commands "did not print: $1"; fi; }
silent() { if [ -s "$work/said" ]; then fail commands "said something"; cat "$work/said"; else pass; fi; }
same() { if cmp -s "$1" "$2"; then pass; else fail "$3" "other bytes"; fi; }
there() { if [ -e "$work/$1" ]; then pass; else fail commands "no $1"; fi; }
gone() { if [ -e "$work/$1" ]; then fail commands "$1 should not be there"; else pass; fi; }

printf '[Matching Patterns]\nTo = sip:1@\n[Deploy Patterns]\nTo = sip:2@192.0.2.1\n' >"$work/good.plan"
printf '[Matching Patterns]\nTo = (\n' >"$work/bad.plan"

exits 0 --help; prints 'Usage: fovc'; silent
exits 0 compile --help; prints 'Usage: fovc'
exits 0 --version; prints 'fovc '
exits 2; says 'no command'
exits 2 complie good.plan; says "did you mean 'compile'?"
exits 2 compile; says 'no plan'
exits 2 compile good.plan good.plan; says 'more than one plan'
exits 2 compile --frobnicate good.plan; says "unknown option '--frobnicate'"
exits 2 compile good.plan -o; says '-o without a file'
exits 2 compile -S -o - good.plan
exits 2 check -o x good.plan; says "unknown option '-o'"
exits 2 check -Wextensoin good.plan; says "did you mean 'extension'?"
exits 2 check -Wno-syntax good.plan; says "'syntax' is always an error"
exits 2 dump
exits 66 check nowhere.plan; says "cannot read 'nowhere.plan'"
exits 66 check .; says 'irectory'
exits 66 dump nowhere.bin
exits 1 dump good.plan; says 'is no image'
exits 1 compile bad.plan; says 'bad.plan:2:6: error:'; gone plan.bin
exits 0 check good.plan; silent; gone plan.bin
exits 0 compile good.plan; silent; there plan.bin
exits 74 compile -o nowhere/plan.bin good.plan; says 'nowhere/plan.bin'
exits 74 compile -o . good.plan
exits 0 compile -S good.plan; prints 'sip:2@192.0.2.1'; cp "$work/out" "$work/listing"
exits 0 dump plan.bin; same "$work/out" "$work/listing" dump
exits 0 compile -o - good.plan; same "$work/out" "$work/plan.bin" 'compile -o -'

# What stood there stays when there is nothing new to put in its place; nothing else is left behind.
cp "$work/plan.bin" "$work/kept.bin"
exits 1 compile -o kept.bin bad.plan; same "$work/kept.bin" "$work/plan.bin" kept
chmod 640 "$work/kept.bin"
exits 0 compile -okept.bin good.plan
[ "$(stat -c %a "$work/kept.bin")" = 640 ] && pass || fail commands 'the mode of the image changed'
ln -s kept.bin "$work/link.bin"
exits 0 compile -o link.bin good.plan
[ -L "$work/link.bin" ] && pass || fail commands 'a link became a file'
exits 0 compile -o /dev/null good.plan
[ -c /dev/null ] && pass || fail commands '/dev/null became a file'
ls "$work" | grep -q '\.tmp$' && fail commands 'a temporary file is left' || pass

# Sixteen files deep and no deeper; included files are looked for beside the one that names them.
mkdir "$work/chain"
i=1; while [ $i -le 17 ]; do echo "[Include \"../chain/$((i + 1)).txt\"]" >"$work/chain/$i.txt"; i=$((i + 1)); done
cp "$work/good.plan" "$work/chain/18.txt"
exits 0 check chain/2.txt; silent
exits 1 check chain/1.txt; says "17.txt:1:11: error: '../chain/18.txt' is included too deep"
(cd "$work" && "$fovc" check - <chain/2.txt) 2>"$work/said" && fail commands 'standard input stands nowhere' || pass
says "cannot read '../chain/3.txt'"

# No colour but on a terminal.
exits 1 check bad.plan
grep -q "$(printf '\033')" "$work/said" && fail commands 'colour in a file' || pass

if command -v script >/dev/null; then
    on_terminal() {
        (cd "$work" && env TERM=xterm "$@" script -qc "$fovc check bad.plan" /dev/null </dev/null) |
            grep -q "$(printf '\033')"
    }
    on_terminal && pass || fail commands 'no colour on a terminal'
    on_terminal NO_COLOR=1 && fail commands 'colour in spite of NO_COLOR' || pass
    on_terminal TERM=dumb && fail commands 'colour on a dumb terminal' || pass
fi

# Files in files: sixteen deep, and no deeper.
depth=17
printf '[Matching Patterns]\nTo = x\n' >"$work/deep17.plan"
while [ $depth -gt 0 ]; do
    printf '[Include "deep%d.plan"]\n' $depth >"$work/deep$((depth - 1)).plan"
    depth=$((depth - 1))
done
exits 1 check deep0.plan; says "deep16.plan:1:11: error: 'deep17.plan' is included too deep"
exits 0 check deep1.plan; silent

# The same text gives the same bytes: another directory, standard input, another locale and time zone, and whatever
# other builds of fovc there are (another compiler, sanitizers).
is_current() { [ -z "$(find ../../grammar ../../compiler ../../runtime -type f -newer "$1" -print -quit)" ]; }
mkdir "$work/one" "$work/other"
for plan in captures.plan failover.plan documented.plan include.plan; do
    cp "$plan" "$work/one/$plan" && cp "$plan" "$work/other/renamed.plan"
    cp -r include "$work/one" && cp -r include "$work/other"
    (cd "$work/one" && "$fovc" compile -o "$work/1.bin" "$plan") 2>/dev/null
    (cd "$work/other" && LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo "$fovc" compile -o "$work/2.bin" renamed.plan) 2>/dev/null
    (cd "$work/one" && LC_ALL=C TZ=UTC "$fovc" compile -o "$work/3.bin" - <"$plan") 2>/dev/null
    same "$work/1.bin" "$work/2.bin" "$plan in another directory"
    same "$work/1.bin" "$work/3.bin" "$plan from standard input"
    for build in "$top"/build/fovc "$top"/build/*/fovc "$top"/build/*/*/fovc; do
        [ -x "$build" ] && is_current "$build" || continue
        (cd "$work/one" && "$build" compile -o "$work/4.bin" "$plan") 2>/dev/null
        same "$work/1.bin" "$work/4.bin" "$plan by ${build#"$top"/}"
    done
done

# The published examples compile as printed.
for example in ../../../shared/published-examples/*.txt ../../plans/*; do
    case $example in *.txt | *.plan) ;; *) continue ;; esac
    [ -e "$example" ] || continue
    "$fovc" check "$example" >"$work/out" 2>&1 && pass || { fail "$example" 'does not compile'; cat "$work/out"; }
done
