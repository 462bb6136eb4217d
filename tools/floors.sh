#!/bin/bash
# SPDX-License-Identifier: MIT
# The rules of the house, checked: every #include goes down a floor, and each outside thing is known to the one place
# that is meant to know it. tools/floors.sh [DIRECTORY] prints each breach as file:line: and exits 1 when there is one.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2

# room         what it may include, besides itself
floors='
grammar
runtime/regex    grammar
runtime/plan     grammar runtime/regex
runtime/sip      grammar runtime/regex runtime/plan
runtime/state    grammar runtime/regex runtime/plan runtime/sip
runtime/proxy    grammar runtime/regex runtime/plan runtime/sip runtime/state
runtime/net      grammar runtime/regex runtime/plan runtime/sip runtime/state runtime/proxy
runtime/control  grammar runtime/regex runtime/plan runtime/sip runtime/state runtime/proxy runtime/net
runtime/sim      grammar runtime/regex runtime/plan runtime/sip runtime/state runtime/proxy
runtime          grammar runtime/regex runtime/plan runtime/sip runtime/state runtime/proxy runtime/net runtime/control
compiler         grammar runtime/regex runtime/plan runtime/sip runtime/state runtime/proxy runtime/sim
'

# who may name it (a pattern of paths)            what: a header's name, or name( for functions; extended regular
# expressions
outside='
runtime/net/loop\.c                                ev\.h
runtime/net/websocket\.c                           wslay/.*\.h
runtime/net/store_sqlite\.c                        sqlite3\.h
runtime/net/tls\.c                                 openssl/.*
runtime/net/writer\.c                              pthread\.h
runtime/net/channel\.c                             ares.*\.h
runtime/sip/values\.c                              osip.*
grammar/hash\.c                                    sodium.*
runtime/sip/digest\.c                              (md5|sha1)\.h
compiler/parse\.[ch]|grammar/plan\.[ly]            plan\.(tab|lex)\.h
runtime/net/.*                                     (sys/socket|sys/un|netdb|ifaddrs|net/if|netinet/.*)\.h
runtime/net/.*|grammar/value\.c                    arpa/.*\.h
runtime/net/.*|runtime/control/password\.c         signal\.h
runtime/net/.*                                     (poll|sys/epoll|sys/eventfd|sys/select|sys/mman|linux/.*)\.h
runtime/net/.*|runtime/control/when\.c             (time|sys/time|sys/timerfd)\.h
runtime/net/.*|runtime/control/when\.c             (time|clock|clock_gettime|gettimeofday)[(]
runtime/net/.*|runtime/control/when\.c             (localtime(_r)?|gmtime(_r)?|mktime)[(]
runtime/net/key\.c                                 sys/random\.h
runtime/net/key\.c                                 (getrandom|getentropy|arc4random)[(]
-                                                  (rand|srand|random|srandom|drand48)[(]
-                                                  (threads|stdatomic|locale|wctype|wchar|ctype|pcre2)\.h
(runtime/net|compiler)/.*                          (getenv|secure_getenv|setenv|unsetenv)[(]
(runtime/(net|control)|compiler)/.*                (fopen|freopen|open|openat|creat|opendir|mkstemp|popen|system)[(]
(runtime/(net|control)|compiler)/.*                (stat|fstat|rename|unlink)[(]
(runtime/(net|control)|compiler)/.*                (fcntl|unistd|sys/stat|dirent)\.h
(runtime/net|compiler)/.*|runtime/fovrun\.c        (exit|_exit|abort)[(]
'

mapfile -t sources < <(find grammar runtime compiler -type f \( -name '*.[chly]' -o -name '*.def' \) 2>/dev/null | sort)
[ "${#sources[@]}" != 0 ] || exit 0

FLOORS=$floors OUTSIDE=$outside awk '
# The flex and bison sources are linked by the compiler alone and belong to its floor.
function room_of(path) {
    if (path ~ /^grammar\/plan\.[ly]$/) return "compiler"
    return sub(/\/[^\/]*$/, "", path) ? path : "?"
}
function breach(what) { print FILENAME ":" FNR ": " what; found = 1 }

# The line without comments (they may go over lines) and, unless it is an #include, without what stands in quotes.
function code_of(line,    out, end, start) {
    out = ""
    while (line != "") {
        if (inside) {
            end = index(line, "*/")
            if (!end) return out
            line = substr(line, end + 2); inside = 0
        } else {
            start = index(line, "/*")
            if (!start) return out line
            out = out substr(line, 1, start - 1); line = substr(line, start + 2); inside = 1
        }
    }
    return out
}

BEGIN {
    lines = split(ENVIRON["FLOORS"], line, "\n")
    for (i = 1; i <= lines; i++) {
        words = split(line[i], word, " ")
        for (j = 1; j <= words; j++) may[word[1], word[j]] = 1
    }
    lines = split(ENVIRON["OUTSIDE"], line, "\n")
    for (i = 1; i <= lines; i++)
        if (split(line[i], word, " ") == 2) {
            rules++
            who[rules] = "^(" word[1] ")$"
            of_code[rules] = word[2] ~ /\[\(\]$/
            what[rules] = of_code[rules] ? "(^|[^A-Za-z0-9_>.])" word[2] : "^(" word[2] ")$"
        }
}
FNR == 1 {
    inside = 0
    room = room_of(FILENAME)
    for (i = 1; i <= rules; i++) bound[i] = FILENAME !~ who[i]
}
{ code = code_of($0) }
code ~ /^[ \t]*#[ \t]*include[ \t]*["<]/ {
    name = code
    gsub(/^[^"<]*["<]|[">].*$/, "", name)
    if (code ~ /"/ && name ~ /\// && !((room, room_of(name)) in may)) breach(room " may not include " name)
    for (i = 1; i <= rules; i++)
        if (bound[i] && !of_code[i] && name ~ what[i]) breach("this file may not know " name)
    next
}
code ~ /[(]/ {
    gsub(/"([^"\\]|\\.)*"/, "\"\"", code)
    for (i = 1; i <= rules; i++)
        if (bound[i] && of_code[i] && code ~ what[i]) breach("this file may not call this:" code)
}
END { exit found }
' "${sources[@]}"
