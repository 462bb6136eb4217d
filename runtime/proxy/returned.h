/* SPDX-License-Identifier: MIT */
/* Responses that have come back: the connection of their request is gone, and none was to be had to where that came
 * from. They go where the name in their Via leads (RFC 3261 18.2.2, RFC 3263 5), one place after the other. Strangers
 * choose that name; so nobody from outside leads into a network of private addresses, nor anybody there into this
 * machine, few wait at a time, and however often one comes back, it is sent to each place once. */
#ifndef FOV_RUNTIME_PROXY_RETURNED_H
#define FOV_RUNTIME_PROXY_RETURNED_H

#include "runtime/proxy/core.h"

/* A message has waited in vain for a connection to `remote`; of a request nothing becomes here. */
void returned_take(struct proxy *proxy, const struct endpoint *remote, struct slice bytes, uint64_t now);
void returned_free_all(struct proxy *proxy);

#endif
