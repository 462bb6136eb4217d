/* SPDX-License-Identifier: MIT */
/* The opening handshake of a WebSocket, the client's side of it (RFC 6455 4.1, RFC 7118 4.1): a request goes out, the
 * head of its answer comes in. */
#ifndef FOV_RUNTIME_NET_UPGRADE_REQUEST_H
#define FOV_RUNTIME_NET_UPGRADE_REQUEST_H

#include "runtime/net/upgrade.h"
#include "runtime/net/websocket_key.h"
#include "runtime/sip/address.h"

enum { UPGRADE_REQUEST_MAX = 512 }; /* bytes of what is asked */

/* Asks the server at `remote`, which is called `name`; null: it is an address alone. */
struct slice upgrade_request_write(const char key[WEBSOCKET_KEY], const struct endpoint *remote, struct slice name,
                                   char buffer[UPGRADE_REQUEST_MAX]);
/* Takes the head of the answer off `input`, and nothing that stands behind it. Refused: `fault` is why, in words, valid
 * as long as the collector is left alone. */
enum upgrade_verdict upgrade_request_next(struct http_collector *collector, const char key[WEBSOCKET_KEY],
                                          struct slice *input, struct slice *fault);
/* The verdict on a whole head; more: it is an interim response, and another one follows (RFC 9110 15.2). */
enum upgrade_verdict upgrade_request_judge(struct slice head, const char key[WEBSOCKET_KEY], struct slice *fault);

#endif
