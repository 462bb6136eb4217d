/* SPDX-License-Identifier: MIT */
#include "grammar/base64.h"

#include <string.h>

enum { DIGITS = 64 };

static const char digits[][DIGITS + 1] = {
    [BASE64_PADDED] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

void base64_text(const uint8_t *bytes, size_t count, enum base64_kind kind, char *out) {
    const char *end = out + BASE64_LENGTH(count);
    uint32_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        held = held << 8 | bytes[i];
        for (bits += 8; bits >= 6; bits -= 6)
            *out++ = digits[kind][held >> (bits - 6) & 63];
    }
    if (bits)
        *out++ = digits[kind][held << (6 - bits) & 63];
    while (kind == BASE64_PADDED && out < end)
        *out++ = '=';
}

/* Without the padding that so many digits need; false: it has another one. */
static bool take_padding(struct slice *text) {
    size_t length = slice_find(*text, 0, '=');
    if (text->len % 4 != 0 || text->len - length > 2)
        return false;
    bool good = length == text->len || text->at[text->len - 1] == '=';
    text->len = length;
    return good;
}

bool base64_bytes(struct slice text, enum base64_kind kind, uint8_t *bytes, size_t room, size_t *count) {
    uint32_t held = 0;
    unsigned bits = 0;
    *count = 0;
    if (kind == BASE64_PADDED && !take_padding(&text))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        const char *digit = memchr(digits[kind], text.at[i], DIGITS);
        if (!digit)
            return false;
        held = held << 6 | (uint32_t)(digit - digits[kind]);
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        if (*count == room)
            return false;
        bytes[(*count)++] = (uint8_t)(held >> bits);
    }
    return bits < 6 &&
           (held & ((1U << bits) - 1)) == 0; /* a digit alone is no byte, and what is left over is nothing */
}
