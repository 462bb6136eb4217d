#!/bin/bash
# SPDX-License-Identifier: MIT
# tools/floors.sh finds nothing in the tree, and finds each kind of breach when it is planted.
set -u
good=0 bad=0
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT

tell() { # RESULT NAME
    if [ "$1" = 0 ]; then good=$((good + 1)); else bad=$((bad + 1)) && echo "failed: $2"; fi
}

output=$(tools/floors.sh .)
tell $? "the tree keeps its floors
$output"

planted() { # FILE TEXT: floors.sh must name FILE:2 and nothing else
    mkdir -p "$tree/$(dirname "$1")"
    printf '/* fopen( in a comment is none */\n%s\n' "$2" >"$tree/$1"
    output=$(tools/floors.sh "$tree")
    [ $? = 1 ] && [ "$(grep -c . <<<"$output")" = 1 ] && [[ $output == "$1:2: "* ]]
    tell $? "a breach in $1 is found: $2
$output"
    rm "$tree/$1"
}
allowed() { # FILE TEXT: nothing to find
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "$2" >"$tree/$1"
    output=$(tools/floors.sh "$tree")
    tell $? "this is allowed in $1: $2
$output"
    rm "$tree/$1"
}

planted grammar/a.c '#include "runtime/regex/match.h"'
planted runtime/regex/a.h '#include "runtime/plan/image.h"'
planted runtime/plan/a.c '#include "runtime/sip/scan.h"'
planted runtime/sip/a.c '#include "runtime/proxy/proxy.h"'
planted runtime/proxy/a.c '#include "runtime/net/loop.h"'
planted runtime/net/a.c '#include "runtime/sim/world.h"'
planted runtime/sim/a.c '#include "runtime/net/loop.h"'
planted runtime/proxy/a.c '  # include "compiler/ast.h"'
planted runtime/fovrun.c '#include "compiler/ast.h"'
planted compiler/a.c '#include "runtime/net/udp.h"'
planted runtime/net/udp.c '#include <ev.h>'
planted runtime/net/store.c '#include <sqlite3.h>'
planted runtime/net/store.c '#include <pthread.h>'
planted runtime/net/connection.c '#include <openssl/ssl.h>'
planted runtime/sip/a.c '#include <osipparser2/osip_parser.h>'
planted runtime/proxy/a.c '#include <sodium.h>'
planted runtime/sip/a.c '#include <netinet/in.h>'
planted runtime/proxy/a.c '    now = time(NULL);'
planted runtime/proxy/a.c '#include <time.h>'
planted runtime/proxy/a.c '    return rand() % 6;'
planted runtime/sim/a.c '    file = fopen(path, "r");'
planted runtime/plan/a.c '    home = getenv("HOME");'
planted grammar/a.c '#include <ctype.h>'
planted runtime/regex/a.c '#include <pcre2.h>'
planted runtime/proxy/a.c '    abort();'
planted runtime/net/a.c '    getrandom(key, 16, 0);'
allowed runtime/net/loop.c '#include <ev.h>'
allowed runtime/net/tls.c '#include <openssl/ssl.h>'
allowed runtime/net/store_sqlite.c '#include <sqlite3.h>'
allowed compiler/a.c '#include "runtime/proxy/proxy.h"'
allowed grammar/plan.y '#include "compiler/ast.h"'
allowed runtime/proxy/a.c '    world->local_time(world->context); /* time( */'
echo "$good passed, $bad failed"
[ "$bad" = 0 ]
