#!/bin/bash
# SPDX-License-Identifier: MIT
# Every plan in plans/ compiles, without a warning unless it is one of the vendor's, as printed; its stories are true
# (plans.scn); and fovc and fovrun have the same idea of it. The configuration there is one, too.
set -u
good=0 bad=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

tell() { # RESULT NAME
    if [ "$1" = 0 ]; then good=$((good + 1)); else bad=$((bad + 1)) && echo "failed: $2"; fi
}

for plan in plans/*.txt; do
    case $plan in
    plans/failover-*) warnings=-Wno-unconditional ;;
    *) warnings= ;;
    esac
    # shellcheck disable=SC2086 # no warnings, no word
    output=$("$BUILD/fovc" check -Werror $warnings "$plan" 2>&1)
    tell $? "$plan is right: $output"
    output=$("$BUILD/fovc" compile "$plan" -o "$work/plan.bin" 2>&1)
    tell $? "$plan compiles: $output"
done

# Stories of all of them.
for plan in plans/*.txt; do
    [ "$(grep -c "^plan \"../../$plan\"" tests/plans/plans.scn)" -ge 2 ]
    tell $? "$plan has two stories"
done
output=$("$BUILD/tests/scenario/run" tests/plans/plans.scn 2>&1)
read -r told _ untold _ < <(tail -n 1 <<<"$output")
good=$((good + ${told:-0})) bad=$((bad + ${untold:-1}))
[ "${untold:-1}" = 0 ] || echo "$output"

# The configuration is right as it is, and with every line of it that is commented out; it has all options that it may
# have.
"$BUILD/fovc" compile plans/first.txt -o "$work/plan.bin"
cp plans/fovrun.conf "$work/fovrun.conf"
sed 's/^#\([a-z0-9-]* = \)/\1/' plans/fovrun.conf >"$work/all.conf"
tools/certificate.sh "$work" sip.example.com DNS:sip.example.com
mv "$work/ca.pem" "$work/authorities.pem"
for configuration in fovrun all; do
    output=$("$BUILD/fovrun" --check --config "$work/$configuration.conf" 2>&1)
    tell $? "plans/fovrun.conf, $configuration: $output"
done
while read -r option; do
    grep -qE "^#?$option = " plans/fovrun.conf
    tell $? "plans/fovrun.conf has $option"
done < <(sed -nE 's/^OPTION\([A-Z0-9_]+, [^,]+, "([a-z0-9-]+)", (ONE|SEVERAL),.*/\1/p' grammar/options.def)

# What serving would need is looked at, too.
output=$("$BUILD/fovrun" --check -p "$work/plan.bin" --tls-certificate "$work/nowhere.pem" 2>&1)
[ $? = 1 ] && [ "$output" = "fovrun: cannot use the certificate $work/nowhere.pem: No such file or directory" ]
tell $? "--check finds a certificate that is not there: $output"

# The README's example is what its newcomers type.
sed -n '/^## Ten lines/,/^Calls go/s/^    //p' README.md >"$work/readme.txt"
output=$("$BUILD/fovc" check -Werror "$work/readme.txt" 2>&1) && [ "$(wc -l <"$work/readme.txt")" -ge 8 ]
tell $? "the README's plan compiles: $output"

# Refusals: one line that says why, exit 1, nothing started.
refused() { # NAME FILE
    output=$("$BUILD/fovrun" -p "$2" -l udp:127.0.0.1:0 --state-dir "$work" 2>&1 </dev/null)
    [ $? = 1 ] && [ "$(wc -l <<<"$output")" = 1 ] && [[ $output == "fovrun: $2: "* ]]
    tell $? "$1 is refused in one line: $output"
}
refused "a file that is not there" "$work/none.bin"
refused "a plan's text" plans/first.txt
: >"$work/empty.bin"
refused "an empty file" "$work/empty.bin"
head -c 200 "$work/plan.bin" >"$work/cut.bin"
refused "half an image" "$work/cut.bin"
cp "$work/plan.bin" "$work/changed.bin"
printf 'X' | dd of="$work/changed.bin" bs=1 seek=300 conv=notrunc status=none
refused "a changed image" "$work/changed.bin"
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
