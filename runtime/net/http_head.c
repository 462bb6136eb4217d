/* SPDX-License-Identifier: MIT */
#include "runtime/net/http_head.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD_LEAST = 1024 }; /* bytes that are allocated at once */

/* Collecting. */

static bool keep(struct http_collector *collector, struct slice bytes) {
    uint32_t room = collector->room ? collector->room : HEAD_LEAST;
    while (room < collector->used + bytes.len)
        room *= 2;
    char *grown = room > collector->room ? realloc(collector->at, room) : collector->at;
    if (!grown)
        return false;
    collector->at = grown;
    collector->room = room;
    memcpy(grown + collector->used, bytes.at, bytes.len);
    collector->used += (uint32_t)bytes.len;
    return true;
}

/* How many bytes of the input belong to the head; each is looked at once. */
static size_t measure(struct http_collector *collector, struct slice input) {
    static const char end[] = "\r\n\r\n";
    size_t at = 0;
    for (; at < input.len && collector->line_ends < sizeof end - 1; at++)
        collector->line_ends = input.at[at] == end[collector->line_ends] ? (uint8_t)(collector->line_ends + 1)
                               : input.at[at] == '\r'                    ? 1
                                                                         : 0;
    return at;
}

enum http_verdict http_collect(struct http_collector *collector, struct slice *input) {
    size_t length = measure(collector, *input);
    struct slice more = slice_cut(*input, 0, length);
    *input = slice_from(*input, length);
    if (collector->used + length > HTTP_HEAD_MAX)
        return HTTP_TOO_LONG;
    if (length && !keep(collector, more))
        return HTTP_NO_MEMORY;
    return collector->line_ends < sizeof "\r\n\r\n" - 1 ? HTTP_MORE : HTTP_WHOLE;
}

struct slice http_collected(const struct http_collector *collector) {
    return (struct slice){collector->at, collector->used};
}

void http_collector_free(struct http_collector *collector) {
    free(collector->at);
    *collector = (struct http_collector){0};
}

/* Reading. */

static bool next_line(struct slice *rest, struct slice *line) {
    size_t end = slice_find(*rest, 0, '\n');
    if (end == 0 || end == rest->len || rest->at[end - 1] != '\r')
        return false;
    *line = slice_cut(*rest, 0, end - 1);
    *rest = slice_from(*rest, end + 1);
    return true;
}

/* Does a list hold a word? */
static bool lists(struct slice list, struct slice word, bool exactly) {
    for (size_t at = 0, end; at < list.len; at = end + 1) {
        end = slice_find(list, at, ',');
        struct slice one = slice_trim(slice_cut(list, at, end));
        if (exactly ? slice_equal(one, word) : slice_same(one, word))
            return true;
    }
    return false;
}

static void read_field(struct http_head *head, struct slice name, struct slice value) {
    static const char *const names[HTTP_FIELDS] = {
        [HTTP_HOST] = "Host",
        [HTTP_UPGRADE] = "Upgrade",
        [HTTP_CONNECTION] = "Connection",
        [HTTP_KEY] = "Sec-WebSocket-Key",
        [HTTP_ACCEPT] = "Sec-WebSocket-Accept",
        [HTTP_VERSION] = "Sec-WebSocket-Version",
        [HTTP_PROTOCOL] = "Sec-WebSocket-Protocol",
        [HTTP_EXTENSIONS] = "Sec-WebSocket-Extensions",
        [HTTP_ORIGIN] = "Origin",
        [HTTP_LENGTH] = "Content-Length",
        [HTTP_CODING] = "Transfer-Encoding",
    };
    unsigned field = 0;
    while (field < HTTP_FIELDS && !slice_same(name, slice_of(names[field])))
        field++;
    if (field == HTTP_FIELDS)
        return;
    head->values[field] = value;
    head->counts[field]++;
    head->websocket |= field == HTTP_UPGRADE && lists(value, SLICE("websocket"), false);
    head->upgrades |= field == HTTP_CONNECTION && lists(value, SLICE("upgrade"), false);
    head->sip |= field == HTTP_PROTOCOL && lists(value, SLICE("sip"), true);
}

static bool is_token(struct slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_token((unsigned char)text.at[i]))
            return false;
    return text.len > 0;
}

/* Anything but control characters. */
static bool is_plain(struct slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.at[i] < ' ' && text.at[i] != '\t') || text.at[i] == 0x7f)
            return false;
    return true;
}

/* Blanks around a name are an attack on whoever reads them otherwise, and a folded line is obsolete (RFC 9112 5). */
static bool read_line(struct http_head *head, struct slice line) {
    size_t colon = slice_find(line, 0, ':');
    struct slice name = slice_cut(line, 0, colon);
    if (colon == line.len || !is_token(name) || !is_plain(line))
        return false;
    read_field(head, name, slice_trim(slice_from(line, colon + 1)));
    return true;
}

/* METHOD SP TARGET SP VERSION, or VERSION SP CODE SP REASON, where the last blank may be missing with the reason. */
static bool read_start(struct http_head *head, struct slice line) {
    size_t first = slice_find(line, 0, ' '), second = slice_find(line, first + 1, ' ');
    head->start = line;
    head->words[0] = slice_cut(line, 0, first);
    head->words[1] = first < line.len ? slice_cut(line, first + 1, second) : SLICE_EMPTY;
    head->words[2] = second < line.len ? slice_from(line, second + 1) : SLICE_EMPTY;
    return head->words[0].len && head->words[1].len && is_plain(line) && slice_find(line, 0, '\t') >= second;
}

bool http_head_read(struct http_head *head, struct slice text) {
    struct slice line;
    *head = (struct http_head){.start = SLICE_EMPTY};
    if (!next_line(&text, &line) || !read_start(head, line))
        return false;
    while (next_line(&text, &line)) {
        if (line.len == 0)
            return true;
        if (!read_line(head, line))
            return false;
    }
    return false;
}
