/* SPDX-License-Identifier: MIT */
/* A WebSocket, the server's side of it: bytes become messages, and messages bytes. First comes the handshake
 * (upgrade.h), then frames (RFC 6455 5): clients mask theirs, we do not; text and binary messages are the same to SIP
 * (RFC 7118 5), fragments are put together, pings answered. websocket.c is the only file that knows wslay; what carries
 * the bytes is the owner's business. */
#ifndef FOV_RUNTIME_NET_WEBSOCKET_H
#define FOV_RUNTIME_NET_WEBSOCKET_H

#include "runtime/net/upgrade.h"

struct websocket;

struct websocket_events {
    void (*received)(void *context, struct slice message); /* may send */
    void (*leave)(void *context, struct slice bytes);      /* these are to leave now; copied before it returns */
    void *context;
};

/* The policy must outlive it. NULL: out of memory. */
struct websocket *websocket_new(const struct upgrade_policy *policy, const struct websocket_events *events);
void websocket_free(struct websocket *websocket);

/* Bytes that came. False: nothing more can come, as the handshake was refused, the peer has closed or broken the
 * protocol, or there is no memory; what is to be said about it has left. */
bool websocket_take(struct websocket *websocket, struct slice bytes);
/* Is the handshake behind us? */
bool websocket_open(const struct websocket *websocket);
/* False: out of memory, or it is not open, or closed. */
bool websocket_send(struct websocket *websocket, struct slice message);
/* Asks the peer for a sign of life. False: as above. */
bool websocket_ping(struct websocket *websocket);
/* Has the handshake or a message begun that is not complete? */
bool websocket_waits(const struct websocket *websocket);

#endif
