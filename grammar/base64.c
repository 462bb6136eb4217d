/* SPDX-License-Identifier: MIT */
#include "grammar/base64.h"

#include <string.h>

static const char padded[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
                  url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* All digits that hold any bit of the bytes; behind the last one. */
static char *write_digits(const char *digits, const uint8_t *bytes, size_t count, char *out) {
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *out++ = digits[held >> (bits - 6) & 63];
    }
    if (bits)
        *out++ = digits[held << (6 - bits) & 63];
    return out;
}

void base64_text(const uint8_t *bytes, size_t count, char *out) {
    char *end = write_digits(padded, bytes, count, out);
    memset(end, '=', (size_t)(out + BASE64_LENGTH(count) - end));
}

void base64url_text(const uint8_t *bytes, size_t count, char *out) {
    write_digits(url, bytes, count, out);
}

bool base64url_bytes(struct slice text, uint8_t *bytes, size_t room, size_t *count) {
    uint32_t held = 0;
    unsigned bits = 0;
    *count = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = memchr(url, text.at[i], sizeof url - 1);
        if (!digit)
            return false;
        held = held << 6 | (uint32_t)(digit - url);
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        if (*count == room)
            return false;
        bytes[(*count)++] = (uint8_t)(held >> bits);
    }
    return bits < 6; /* one digit alone is no byte */
}
