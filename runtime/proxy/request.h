/* SPDX-License-Identifier: MIT */
/* A request that has arrived: the order of checks of language.md 1 (RFC 3261 16.3, 16.4), from the
 * transaction that may know it to the plan, which decides where it goes. What is sent on becomes a
 * call (call.h). */
#ifndef FOV_RUNTIME_PROXY_REQUEST_H
#define FOV_RUNTIME_PROXY_REQUEST_H

#include "runtime/proxy/core.h"

struct held_place;

/* `message` passed the fence. `held`: it is an ACK that had to wait (held.h), else NULL. */
void request_arrives(struct proxy *proxy, const struct packet *packet, struct sip_message *message,
                     const struct held_place *held);
/* The fence refused it: an answer without a transaction (8.2.7), when one can be made. */
void request_refused(struct proxy *proxy, const struct packet *packet, const struct sip_message *message, unsigned code,
                     const char *reason);

#endif
