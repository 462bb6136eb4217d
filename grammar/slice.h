/* SPDX-License-Identifier: MIT */
/* A slice is a run of bytes that somebody else owns: never NUL-terminated, never freed here. A null slice
 * (at == NULL) is "no value"; an empty one (at != NULL, len == 0) is a value of no bytes. Letter case is
 * ASCII's and ignores the locale. */
#ifndef FOV_GRAMMAR_SLICE_H
#define FOV_GRAMMAR_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *at;
    size_t len;
};

#define SLICE_NULL     ((struct slice){NULL, 0})
#define SLICE_EMPTY    ((struct slice){"", 0})
/* Of a string literal. */
#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
/* For printf's "%.*s". */
#define SLICE_ARG(s)   (int)(s).len, (s).at ? (s).at : ""

struct slice slice_of(const char *text); /* of a NUL-terminated string; NULL gives the null slice */
bool slice_equal(struct slice a, struct slice b);
bool slice_same(struct slice a, struct slice b); /* equal but for letter case */
bool slice_starts(struct slice s, struct slice prefix);
bool slice_starts_same(struct slice s, struct slice prefix);
struct slice slice_trim(struct slice s); /* without leading and trailing SP, HTAB, CR, LF */
struct slice slice_from(struct slice s, size_t start);
struct slice slice_cut(struct slice s, size_t start, size_t end);
/* Index of the first `byte` at or after `start`, or s.len. */
size_t slice_find(struct slice s, size_t start, char byte);
/* The decimal number that s is, all of it, no sign, no blanks; false when it is none or above `max`. */
bool slice_number(struct slice s, uint64_t max, uint64_t *number);

/* Copies the text to *at, and moves that behind it. */
struct slice slice_put(char **at, struct slice text);

/* Character classes of ASCII, deaf to the locale; inline, for they are asked of every byte of every message. */
static inline bool byte_is_digit(unsigned char c) {
    return (unsigned)c - '0' < 10;
}

static inline bool byte_is_alpha(unsigned char c) {
    return ((unsigned)c | 0x20) - 'a' < 26;
}

static inline bool byte_is_alnum(unsigned char c) {
    return byte_is_digit(c) || byte_is_alpha(c);
}

/* RFC 3261 25.1 token: letters, digits and -.!%*_+`'~ as a bit for each of the 128 bytes. */
static inline bool byte_is_token(unsigned char c) {
    static const uint64_t bits[2] = {0x03ff6ca200000000, 0x47ffffff87fffffe};
    return c < 128 && (bits[c >> 6] >> (c & 63) & 1);
}

static inline char byte_lower(unsigned char c) {
    return (char)((unsigned)c - 'A' < 26 ? c | 0x20 : c);
}

static inline char byte_upper(unsigned char c) {
    return (char)((unsigned)c - 'a' < 26 ? c & ~0x20 : c);
}

/* 0..15, -1 for none. */
static inline int byte_hex_value(unsigned char c) {
    unsigned letter = ((unsigned)c | 0x20) - 'a';
    return byte_is_digit(c) ? c - '0' : letter < 6 ? (int)letter + 10 : -1;
}

static inline bool byte_is_hex(unsigned char c) {
    return byte_hex_value(c) >= 0;
}

#endif
