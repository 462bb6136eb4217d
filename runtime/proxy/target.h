/* SPDX-License-Identifier: MIT */
/* From the URI of a destination to the place where a datagram goes (RFC 3261 8.1.2, RFC 3263 4 for
 * numeric hosts). Names are not resolved here. */
#ifndef FOV_RUNTIME_PROXY_TARGET_H
#define FOV_RUNTIME_PROXY_TARGET_H

#include "runtime/sip/address.h"
#include "runtime/sip/uri.h"

/* `asked`: the transport that the plan demands, TRANSPORT_NONE for none; then ;transport=, then the
 * scheme decide. CAUSE_NONE, or why nothing can be sent there. A sips: destination is never sent in
 * clear. */
enum cause target_endpoint(const struct sip_uri *uri, enum transport asked, struct endpoint *remote);

#endif
