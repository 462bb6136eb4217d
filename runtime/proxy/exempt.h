/* SPDX-License-Identifier: MIT */
/* Who is never blocked. The source of a datagram can be forged: without exceptions anybody could have the server's own
 * destinations and users blocked by writing their addresses as his own. */
#ifndef FOV_RUNTIME_PROXY_EXEMPT_H
#define FOV_RUNTIME_PROXY_EXEMPT_H

#include "runtime/proxy/core.h"

/* The addresses to which an image sends: those that stand in its values of To, $target, $session and $request. NULL:
 * out of memory. */
struct exempt *exempt_new(const struct image *image);
void exempt_free(struct exempt *exempt);
bool exempt_names(const struct exempt *exempt, const struct ip_address *ip);

/* Why an address is not blocked; NULL: it may be. */
const char *exempt_reason(const struct proxy *proxy, const struct ip_address *ip);

#endif
