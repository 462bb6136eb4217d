/* SPDX-License-Identifier: MIT */
#include "runtime/net/websocket_key.h"

#include "grammar/base64.h"
#include "runtime/sip/digest.h"

_Static_assert(WEBSOCKET_KEY == BASE64_LENGTH(WEBSOCKET_KEY_BYTES), "the digits of a key");
_Static_assert(WEBSOCKET_ACCEPT == BASE64_LENGTH(DIGEST_SHA1_SIZE), "the digits of the proof");

void websocket_key_write(const uint8_t bytes[WEBSOCKET_KEY_BYTES], char key[WEBSOCKET_KEY]) {
    base64_text(bytes, WEBSOCKET_KEY_BYTES, BASE64_PADDED, key);
}

bool websocket_key_valid(struct slice key) {
    uint8_t bytes[WEBSOCKET_KEY_BYTES];
    size_t count;
    return base64_bytes(key, BASE64_PADDED, bytes, sizeof bytes, &count) && count == sizeof bytes;
}

/* RFC 6455 4.2.2 step 5.4. */
void websocket_key_accept(struct slice key, char accept[WEBSOCKET_ACCEPT]) {
    uint8_t hash[DIGEST_SHA1_SIZE];
    const struct slice parts[] = {key, SLICE("258EAFA5-E914-47DA-95CA-C5AB0DC85B11")};
    digest_sha1(parts, 2, hash);
    base64_text(hash, sizeof hash, BASE64_PADDED, accept);
}
