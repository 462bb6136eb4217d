/* SPDX-License-Identifier: MIT */
/* A WebSocket, either side of it: bytes become messages, and messages bytes. First comes the handshake (upgrade.h,
 * upgrade_request.h), then frames (RFC 6455 5): clients mask theirs, servers do not; text and binary messages are the
 * same to SIP (RFC 7118 5), fragments are put together, pings answered. websocket.c is the only file that knows wslay;
 * what carries the bytes is the owner's business. */
#ifndef FOV_RUNTIME_NET_WEBSOCKET_H
#define FOV_RUNTIME_NET_WEBSOCKET_H

#include "runtime/net/upgrade.h"
#include "runtime/sip/address.h"

struct websocket;

struct websocket_events {
    void (*received)(void *context, struct slice message); /* may send */
    void (*leave)(void *context, struct slice bytes);      /* these are to leave now; copied before it returns */
    void *context;
};

/* The server's side. The policy must outlive it. NULL: out of memory. */
struct websocket *websocket_accept(const struct upgrade_policy *policy, const struct websocket_events *events);
/* The client's, with the server at `remote` that is called `name` (null: nothing but its address): asks at once. NULL:
 * out of memory, or of random numbers. */
struct websocket *websocket_connect(const struct endpoint *remote, struct slice name,
                                    const struct websocket_events *events);
void websocket_free(struct websocket *websocket);

/* Bytes that came. False: nothing more can come, as the handshake was refused, the peer has closed or broken the
 * protocol, or there is no memory; what is to be said about it has left. */
bool websocket_take(struct websocket *websocket, struct slice bytes);
/* Is the handshake behind us? */
bool websocket_open(const struct websocket *websocket);
/* Why the server refused the handshake, in words; empty: it did not. Valid until websocket_free(). */
struct slice websocket_fault(const struct websocket *websocket);
/* False: out of memory, or it is closed, or not open yet. */
bool websocket_send(struct websocket *websocket, struct slice message);
/* Bytes of messages that were sent while others are being taken, and leave behind those. */
size_t websocket_queued(const struct websocket *websocket);
/* Asks the peer for a sign of life. False: as above. */
bool websocket_ping(struct websocket *websocket);
/* Has the handshake or a message begun that is not complete? */
bool websocket_waits(const struct websocket *websocket);

#endif
