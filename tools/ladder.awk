# SPDX-License-Identifier: MIT
# Draws the ladder of one call from fovrun's debug log: a column for each party, a line for each message, time from the
# first one. Variables: parties="ADDRESS=TITLE,..." (the server's address among them), colour=1 on a terminal,
# unheard="ADDRESS:PORT,..." whom nothing was said to in the end: for what failed on the way to them it draws
# server="ADDRESS" being refused.

function paint(text, code) { return colour ? "\033[" code "m" text "\033[0m" : text }
function field(name,    text) {
    if (!match($0, " " name "=[^ ]+")) return ""
    return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 2)
}
function repeat(text, count,    out) { while (count-- > 0) out = out text; return out }
function seconds(text,    part) { # of time=2026-11-22T11:04:05.123Z
    split(substr(text, index(text, "T") + 1), part, /[:Z]/)
    return part[1] * 3600 + part[2] * 60 + part[3]
}
# The start line without addresses: "INVITE", "180 Ringing".
function title(line,    word) {
    if (line ~ /^SIP\/2\.0 /) return substr(line, 9)
    split(line, word, " ")
    return word[1]
}
function shade(text) {
    if (text ~ /^1/) return 33
    if (text ~ /^2/) return 32
    if (text ~ /^[3-6]/ || text ~ /^tls-/) return 31
    return 36
}
# Columns are WIDTH apart; an arrow goes over those between.
function draw(when, from, to, text,    left, right, space, before, arrow, i, out) {
    left = from < to ? from : to
    right = from < to ? to : from
    space = (right - left) * WIDTH - 1
    before = int((space - length(text) - 3) / 2)
    arrow = repeat("-", before) " " text " " repeat("-", space - before - length(text) - 3)
    arrow = from < to ? arrow ">" : "<" arrow
    out = sprintf("%9.3f s  ", when)
    for (i = 1; i < left; i++) out = out "|" repeat(" ", WIDTH - 1)
    out = out "|" paint(arrow, shade(text)) "|"
    for (i = right; i < count; i++) out = out repeat(" ", WIDTH - 1) "|"
    print out
}
BEGIN {
    WIDTH = 22
    count = split(parties, list, ",")
    for (i = 1; i <= count; i++) {
        split(list[i], pair, "=")
        column[pair[1]] = i
    }
    line = ""
    for (i = 1; i <= count; i++) {
        split(list[i], pair, "=")
        at = 11 + (i - 1) * WIDTH - int(length(pair[2]) / 2)
        line = line repeat(" ", at - length(line)) pair[2]
    }
    print paint(line, 1)
    for (i = split(unheard, list, ","); i > 0; i--) deaf[list[i]] = 1
}
function place(address) { sub(/:[0-9]+$/, "", address); return address }
/ event=(sent|received) / {
    if (field("to") in deaf) next
    from = place(field("from")); to = place(field("to"))
    if (!(from in column) || !(to in column) || !match($0, / line="[^"]*/)) next
    now = seconds($1)
    if (!started) { start = now; started = 1 }
    draw(now - start, column[from], column[to], title(substr($0, RSTART + 7, RLENGTH - 7)))
}
/ event=tls-failed / && place(field("remote")) in column {
    draw(seconds($1) - start, column[place(field("remote"))], column[server], field("cause"))
}
