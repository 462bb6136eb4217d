/* SPDX-License-Identifier: MIT */
/* Max-Breadth (RFC 5393 5): how many branches a request may still have at the same time, counted
 * over all proxies. */
#ifndef FOV_RUNTIME_PROXY_BREADTH_H
#define FOV_RUNTIME_PROXY_BREADTH_H

#include "runtime/sip/scan.h"

enum { BREADTH_MAX = 60 };

/* What the request came with: absent or above 60 is 60. False: no number. */
bool breadth_received(const struct sip_message *request, unsigned *breadth);
/* What the next attempt carries of what is left: half of it, at least 1; 0 when nothing is left. */
unsigned breadth_share(unsigned left);

#endif
