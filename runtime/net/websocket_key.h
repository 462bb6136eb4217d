/* SPDX-License-Identifier: MIT */
/* The key of a WebSocket's handshake, and what proves that somebody has read it (RFC 6455 4.1, 4.2.2). */
#ifndef FOV_RUNTIME_NET_WEBSOCKET_KEY_H
#define FOV_RUNTIME_NET_WEBSOCKET_KEY_H

#include "grammar/slice.h"

enum {
    WEBSOCKET_KEY_BYTES = 16, /* drawn by chance */
    WEBSOCKET_KEY = 24,       /* digits of them */
    WEBSOCKET_ACCEPT = 28,    /* digits of the proof */
};

void websocket_key_write(const uint8_t bytes[WEBSOCKET_KEY_BYTES], char key[WEBSOCKET_KEY]);
bool websocket_key_valid(struct slice key);
void websocket_key_accept(struct slice key, char accept[WEBSOCKET_ACCEPT]);

#endif
