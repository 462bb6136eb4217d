/* SPDX-License-Identifier: MIT */
/* What keeps the NAT's way to a registered contact open: over UDP an empty datagram of two line ends (RFC 5626 3.5.1),
 * or an OPTIONS request whose answer comes the same way. It is sent without state, once: that nobody answers changes
 * nothing. Clients keep their own flows open, and ask by STUN whether they still are (RFC 5626 4.4.2). */
#ifndef FOV_RUNTIME_PROXY_KEEPALIVE_H
#define FOV_RUNTIME_PROXY_KEEPALIVE_H

#include "runtime/proxy/core.h"
#include "runtime/sip/scan.h"
#include "runtime/state/location.h"

void keepalive_send(struct proxy *proxy, const struct binding *binding);
/* Is this response to one of those requests? */
bool keepalive_answered(const struct proxy *proxy, const struct sip_message *response);
/* Is this a client's STUN request? Then it was answered, unless its source is on the block list. */
bool keepalive_asked(struct proxy *proxy, const struct packet *packet);

#endif
