# SPDX-License-Identifier: MIT
# A server that is started by its configuration: files beside it, the command line over it, a variable that the plan
# reads; and one whose configuration is wrong is not started.
. tests/live/lib.sh
sed 's/^\[Matching Patterns\]$/&\n\&site = ^here$/' plans/first.txt >"$work/site.txt"
plan "$work/site.txt"
answering 100
mkdir "$work/etc"
cp "$work/plan.bin" "$work/etc/plan.bin"
cat >"$work/etc/fovrun.conf" <<END
# of this story
plan = plan.bin
listen = udp:$net.1:0
log-level = error
cdr = calls.json
state-dir = state
env = site=elsewhere
END
check "it is right" "$BUILD/fovrun" --check --config "$work/etc/fovrun.conf" -e site=here >"$work/checked"
check "--check names the plan" grep -q "^# $work/etc/plan.bin: 1 rule, hash" "$work/checked"
check "--check leaves nothing behind" [ ! -e "$work/etc/state" ]
cdr=$work/etc/calls.json
start --config "$work/etc/fovrun.conf" --log-level debug -e site=here
call
equal "exit status of the caller" 0 $?
check "the record is beside the configuration" wait_for 60 [ -s "$cdr" ]
check "the state is, too" [ -s "$work/etc/state/dialog.key" ]
stop
echo 'lisen = udp:127.0.0.1' >>"$work/etc/fovrun.conf"
output=$("$BUILD/fovrun" --config "$work/etc/fovrun.conf" 2>&1)
equal "exit status with a wrong configuration" 2 $?
check "its line and what was meant: $output" grep -q "fovrun.conf:8:1: error: no option is called 'lisen'" <<<"$output"
report
