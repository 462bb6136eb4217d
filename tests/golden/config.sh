# SPDX-License-Identifier: MIT
# Part of run.sh: configuration files of fovrun.
#   NAME.conf     the file, read by fovrun --check beside an image plan.bin
#   NAME.said     what it prints, without the plan's hash; no such file: it has errors
#   NAME.err      every message
fovrun=$BUILD/fovrun

# shows NAME [OPTIONS...]: runs fovrun --check on NAME.conf; its output is in $work/out and $work/said.
shows() {
    (cd "$work" && "$fovrun" --check --config "$@") >"$work/plain" 2>"$work/said" </dev/null
    code=$?
    sed 's/hash [0-9a-f]*$/hash .../' "$work/plain" >"$work/out"
}

cat >"$work/uses.plan" <<'END'
[Matching Patterns]
$request = ^INVITE
[Deploy Patterns]
To = sip:1@192.0.2.1
$session = failover sip:2@192.0.2.2
$rtp = auto
$ifdst = 192.0.2.77
$ifsrc = 127.0.0.1
END
"$fovc" compile -o "$work/plan.bin" "$work/uses.plan"
for file in *.conf; do
    name=${file%.conf}
    cp "$file" "$work/$file"
    shows "$file"
    if grep -q ' error: ' "$work/said"; then wanted=2; else wanted=0; fi
    [ $code -eq $wanted ] || { fail "$file" "exit code $code, not $wanted"; continue; }
    if expect "$name" said "$work/out" && expect "$name" err "$work/said"; then pass; else fail "$file" 'differs'; fi
done

# What it prints is a configuration that says the same.
shows config.conf; cp "$work/out" "$work/first"; cp "$work/plain" "$work/again.conf"
shows again.conf; same "$work/first" "$work/out" 'the configuration that --check prints'
# The command line wins over the file, and adds to what may be given several times.
shows config.conf --t1 250ms --failover=on -e night=yes -e more=1 --domain example.net
prints 't1 = 250ms'; prints 'failover = on'; prints 'env = night=yes'; prints 'env = more=1'
prints 'domain = example.net'
prints 'domain = example.com'
shows config-conflict.conf --t1 1s --timer-c 200s --min-expires 1m
[ $code -eq 0 ] && pass || fail config 'the line does not win'
# Files are looked for beside the configuration; those of the command line, here.
mkdir "$work/etc"
cp config.conf "$work/etc" && cp "$work/plan.bin" "$work/etc"
shows etc/config.conf; prints 'plan = etc/plan.bin'; prints 'cdr = etc/records/calls.json'
prints 'state-dir = /var/lib/fov'
shows etc/config.conf -p plan.bin; prints 'plan = plan.bin'
[ -e "$work/etc/records" ] && fail config '--check wrote something' || pass
# No relay of media: a plan that demands one does not start.
sed 's/auto/true/' "$work/uses.plan" >"$work/media.plan"
"$fovc" compile -o "$work/media.bin" "$work/media.plan"
shows config.conf -p media.bin; [ $code -eq 1 ] && pass || fail config 'a plan with $rtp = true starts'
says 'media.bin: line 6 says $rtp = true, but this server relays no media'
shows nowhere.conf; [ $code -eq 2 ] && pass || fail config 'a file that is not there'; says 'cannot read nowhere.conf'
shows config.conf -p nowhere.bin; [ $code -eq 1 ] && pass || fail config 'a plan that is not there'
says 'nowhere.bin: '
