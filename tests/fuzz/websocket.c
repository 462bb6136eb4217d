/* SPDX-License-Identifier: MIT */
/* The door of WebSockets: whatever comes, in whatever pieces, is the same messages, and none is longer than it may be.
 * What is answered may overtake: pongs do. The first byte says whether the handshake is among what follows, or is
 * behind us (1), and whether it comes from a client or from a server (2). A broken promise aborts. */
#include "tests/fuzz/message.h"

#include "runtime/net/websocket.h"
#include "runtime/net/websocket_key.h"
#include "runtime/sip/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANDSHAKE                                                                                                      \
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"          \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n"

struct run {
    struct websocket *websocket;
    uint64_t messages;       /* a hash of them */
    char key[WEBSOCKET_KEY]; /* that a server was asked with */
};

static void promise(bool kept) {
    if (!kept)
        abort();
}

static uint64_t add(uint64_t hash, struct slice text) {
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211u; /* FNV-1a */
    return hash;
}

static void on_message(void *context, struct slice message) {
    struct run *run = context;
    promise(message.len > 0 && message.len <= SIP_MESSAGE_MAX && websocket_open(run->websocket));
    run->messages = add(run->messages * 31, message);
    promise(websocket_send(run->websocket, slice_cut(message, 0, 16)));
}

static void on_leave(void *context, struct slice bytes) {
    static const char name[] = "Sec-WebSocket-Key: ";
    struct run *run = context;
    promise(bytes.len > 0);
    if (run->websocket)
        return;
    promise(slice_starts(bytes, SLICE("GET "))); /* what a client says before it is there: all else may look like it */
    size_t at = 0;
    while (!slice_starts(slice_from(bytes, at), SLICE("Sec-WebSocket-Key: ")))
        promise(++at < bytes.len);
    memcpy(run->key, bytes.at + at + sizeof name - 1, sizeof run->key);
}

static bool answer(struct run *run) {
    char accept[WEBSOCKET_ACCEPT], text[512];
    websocket_key_accept((struct slice){run->key, sizeof run->key}, accept);
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %.*s\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
                          WEBSOCKET_ACCEPT, accept);
    return websocket_take(run->websocket, (struct slice){text, (size_t)length});
}

/* Of the side that gets `data`; false: no more of them. */
static bool begin(struct run *run, const struct websocket_events *events, unsigned kind) {
    static const struct slice origins[] = {SLICE("https://phone.example")};
    static const struct upgrade_policy policy = {origins, 1};
    static const struct endpoint remote = {.ip = {.family = 4}, .port = 80, .transport = TRANSPORT_WS};
    bool client = kind & 2;
    run->websocket = client ? websocket_connect(&remote, SLICE("x"), events) : websocket_accept(&policy, events);
    promise(run->websocket != NULL);
    if (!(kind & 1))
        return true;
    return client ? answer(run) : websocket_take(run->websocket, SLICE(HANDSHAKE));
}

/* `state` draws the length of the next cut; 0: all at once. */
static struct run take(const uint8_t *data, size_t size, uint64_t state) {
    struct run run = {.messages = 1};
    const struct websocket_events events = {on_message, on_leave, &run};
    bool cut_up = state != 0, open = begin(&run, &events, size ? data[0] : 0);
    for (size_t at = 1, cut; open && at < size; at += cut) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        cut = cut_up ? (size_t)(state >> 33) % 20 + 1 : size;
        cut = cut < size - at ? cut : size - at;
        char *copy = malloc(cut);
        promise(copy != NULL);
        memcpy(copy, data + at, cut);
        open = websocket_take(run.websocket, (struct slice){copy, cut});
        free(copy);
    }
    promise(open || !websocket_open(run.websocket) || !websocket_send(run.websocket, SLICE("late")));
    websocket_free(run.websocket);
    return run;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct run whole = take(data, size, 0);
    for (uint64_t seed = 1; seed <= 3; seed++)
        promise(take(data, size, seed).messages == whole.messages);
    return 0;
}
