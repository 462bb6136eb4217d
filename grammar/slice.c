/* SPDX-License-Identifier: MIT */
#include "grammar/slice.h"

#include <string.h>

struct slice slice_of(const char *text) {
    return (struct slice){text, text ? strlen(text) : 0};
}

bool slice_equal(struct slice a, struct slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool slice_same(struct slice a, struct slice b) {
    return a.len == b.len && slice_starts_same(a, b);
}

bool slice_starts(struct slice s, struct slice prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.at, prefix.at, prefix.len) == 0);
}

bool slice_starts_same(struct slice s, struct slice prefix) {
    if (s.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (byte_lower((unsigned char)s.at[i]) != byte_lower((unsigned char)prefix.at[i]))
            return false;
    return true;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s) {
    while (s.len && is_blank(s.at[0])) {
        s.at++;
        s.len--;
    }
    while (s.len && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

struct slice slice_from(struct slice s, size_t start) {
    return slice_cut(s, start, s.len);
}

struct slice slice_cut(struct slice s, size_t start, size_t end) {
    if (end > s.len)
        end = s.len;
    if (start > end)
        start = end;
    return (struct slice){s.at ? s.at + start : NULL, end - start};
}

size_t slice_find(struct slice s, size_t start, char byte) {
    if (start >= s.len)
        return s.len;
    const char *hit = memchr(s.at + start, byte, s.len - start);
    return hit ? (size_t)(hit - s.at) : s.len;
}

bool slice_number(struct slice s, uint64_t max, uint64_t *number) {
    uint64_t sum = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!byte_is_digit((unsigned char)s.at[i]))
            return false;
        unsigned digit = (unsigned)(s.at[i] - '0');
        if (digit > max || sum > (max - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *number = sum;
    return true;
}

struct slice slice_put(char **at, struct slice text) {
    struct slice copy = {*at, text.len};
    if (text.len)
        memcpy(*at, text.at, text.len);
    *at += text.len;
    return copy;
}
