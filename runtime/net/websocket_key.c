/* SPDX-License-Identifier: MIT */
#include "runtime/net/websocket_key.h"

#include "runtime/sip/digest.h"

#include <string.h>

#define BASE64_LENGTH(bytes) (((bytes) + 2) / 3 * 4)
_Static_assert(WEBSOCKET_KEY == BASE64_LENGTH(WEBSOCKET_KEY_BYTES), "the digits of a key");
_Static_assert(WEBSOCKET_ACCEPT == BASE64_LENGTH(DIGEST_SHA1_SIZE), "the digits of the proof");

/* RFC 4648 4. */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void base64(const uint8_t *bytes, size_t count, char *out) {
    for (size_t i = 0; i < count; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= i + 1 < count ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= i + 2 < count ? bytes[i + 2] : 0;
        *out++ = digits[group >> 18];
        *out++ = digits[group >> 12 & 63];
        *out++ = i + 1 < count ? digits[group >> 6 & 63] : '=';
        *out++ = i + 2 < count ? digits[group & 63] : '=';
    }
}

void websocket_key_write(const uint8_t bytes[WEBSOCKET_KEY_BYTES], char key[WEBSOCKET_KEY]) {
    base64(bytes, WEBSOCKET_KEY_BYTES, key);
}

/* Sixteen bytes: 22 digits, of which the last has four bits that must be zero. */
bool websocket_key_valid(struct slice key) {
    if (key.len != WEBSOCKET_KEY || !slice_equal(slice_from(key, WEBSOCKET_KEY - 2), SLICE("==")))
        return false;
    for (size_t i = 0; i < WEBSOCKET_KEY - 2; i++)
        if (!memchr(digits, key.at[i], sizeof digits - 1))
            return false;
    return strchr("AQgw", key.at[WEBSOCKET_KEY - 3]) != NULL;
}

/* RFC 6455 4.2.2 step 5.4. */
void websocket_key_accept(struct slice key, char accept[WEBSOCKET_ACCEPT]) {
    uint8_t hash[DIGEST_SHA1_SIZE];
    const struct slice parts[] = {key, SLICE("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")};
    digest_sha1(parts, 2, hash);
    base64(hash, sizeof hash, accept);
}
