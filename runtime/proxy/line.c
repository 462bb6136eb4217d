/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/line.h"

#include <string.h>

enum { FIRST_ROOM = 256 };

void line_init(struct line *line, struct arena *arena) {
    *line = (struct line){.arena = arena};
}

static bool make_room(struct line *line, size_t more) {
    if (line->failed)
        return false;
    if (line->room - line->len >= more)
        return true;
    size_t room = line->room ? line->room * 2 : FIRST_ROOM;
    while (room - line->len < more)
        room *= 2;
    char *bytes = arena_bytes(line->arena, room);
    if (!bytes) {
        line->failed = true;
        return false;
    }
    if (line->len)
        memcpy(bytes, line->at, line->len);
    line->at = bytes;
    line->room = room;
    return true;
}

void line_add(struct line *line, struct slice more) {
    if (more.len == 0 || !make_room(line, more.len))
        return;
    memcpy(line->at + line->len, more.at, more.len);
    line->len += more.len;
}

void line_byte(struct line *line, char byte) {
    line_add(line, (struct slice){&byte, 1});
}

void line_number(struct line *line, uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    line_add(line, (struct slice){digits + at, sizeof digits - at});
}

struct slice line_slice(const struct line *line) {
    return (struct slice){line->at ? line->at : "", line->len};
}

/* Length of the well-formed UTF-8 sequence at the start of `s` (RFC 3629 4); 0 for none. */
static size_t utf8_length(struct slice s) {
    const unsigned char *c = (const unsigned char *)s.at;
    if (c[0] < 0x80)
        return 1;
    size_t length = c[0] >= 0xc2 && c[0] <= 0xdf ? 2 : (c[0] & 0xf0) == 0xe0 ? 3 : c[0] >= 0xf0 && c[0] <= 0xf4 ? 4 : 0;
    if (length == 0 || s.len < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool surrogate = c[0] == 0xed && c[1] > 0x9f;
    bool beyond = c[0] == 0xf4 && c[1] > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

static void add_hex(struct line *line, struct slice prefix, unsigned char c) {
    static const char hex[] = "0123456789abcdef";
    line_add(line, prefix);
    line_byte(line, hex[c >> 4]);
    line_byte(line, hex[c & 15]);
}

void line_json(struct line *line, struct slice value) {
    line_byte(line, '"');
    while (value.len) {
        unsigned char c = (unsigned char)value.at[0];
        size_t length = utf8_length(value);
        if (c == '"' || c == '\\') {
            line_byte(line, '\\');
            line_byte(line, (char)c);
        } else if (c < 0x20 || c == 0x7f) {
            add_hex(line, SLICE("\\u00"), c);
        } else if (length == 0) {
            line_add(line, SLICE("\xef\xbf\xbd"));
            length = 1;
        } else {
            line_add(line, (struct slice){value.at, length});
        }
        value = slice_from(value, length);
    }
    line_byte(line, '"');
}

static bool is_harmless(unsigned char c) {
    return byte_is_alnum(c) || (c && strchr("-_.:/@+%,;~*[]()!?&$", c));
}

void line_logfmt(struct line *line, struct slice value) {
    bool cut = value.len > LINE_LOG_MAX;
    value = slice_cut(value, 0, LINE_LOG_MAX);
    bool bare = value.len > 0 && !cut;
    for (size_t i = 0; bare && i < value.len; i++)
        bare = is_harmless((unsigned char)value.at[i]);
    if (bare) {
        line_add(line, value);
        return;
    }
    line_byte(line, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c == '"' || c == '\\') {
            line_byte(line, '\\');
            line_byte(line, (char)c);
        } else if (c < 0x20 || c >= 0x7f) {
            add_hex(line, SLICE("\\x"), c);
        } else {
            line_byte(line, (char)c);
        }
    }
    if (cut)
        line_add(line, SLICE("..."));
    line_byte(line, '"');
}

void line_member(struct line *line, const char *name) {
    if (line->len && line->at[line->len - 1] != '{')
        line_byte(line, ',');
    line_byte(line, '"');
    line_add(line, slice_of(name));
    line_add(line, SLICE("\":"));
}
