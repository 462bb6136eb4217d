/* SPDX-License-Identifier: MIT */
/* The Contacts of a 3xx as the next targets of a failover sequence (language.md 5). */
#ifndef FOV_RUNTIME_PROXY_REDIRECT_H
#define FOV_RUNTIME_PROXY_REDIRECT_H

#include "runtime/proxy/call.h"

enum { REDIRECTS_MAX = 8 }; /* targets from Contacts in one call */

/* Puts what may be tried before the remaining targets, highest q first. The response itself is no
 * candidate for the caller any more, even if nothing in it can be followed. */
void redirect_follow(struct attempt *attempt, const struct sip_message *message);
/* Was this URI tried before, in this call? */
bool redirect_tried(const struct call *call, const struct sip_uri *uri);

#endif
