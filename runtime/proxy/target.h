/* SPDX-License-Identifier: MIT */
/* From the URI of a destination to the place where a datagram goes (RFC 3261 8.1.2), or to the name whose places are to
 * be found (RFC 3263 4). */
#ifndef FOV_RUNTIME_PROXY_TARGET_H
#define FOV_RUNTIME_PROXY_TARGET_H

#include "runtime/sip/locate.h"
#include "runtime/sip/uri.h"

/* The transport and port that a SIP or SIPS URI stands for. `asked`: the transport that the plan demands,
 * TRANSPORT_NONE for none; then ;transport=, then the scheme decide. False: no transport does; a sips: destination is
 * never sent in clear. */
bool target_transport(const struct sip_uri *uri, enum transport asked, enum transport *transport, uint16_t *port);

/* Where a request goes whose next hop is `uri` and whose Request-URI is `request_uri`: CAUSE_NONE, or why nothing can
 * be sent there. `remote`; or, when the host is no address, `name->host` and all that matters for finding its places. A
 * sips: Request-URI is never sent in clear either, whatever the hop says (RFC 3261 16.6 step 7). */
enum cause target_place(const struct sip_uri *uri, enum transport asked, struct slice request_uri,
                        struct endpoint *remote, struct locate_request *name);
/* Can anybody in particular be there? */
bool target_is_place(const struct endpoint *remote);

/* Nobody may have our requests sent into this machine or to a crowd, but who is there already: `source` asks for it. A
 * host name says nothing. */
bool target_is_harmless(const struct sip_uri *uri, const struct ip_address *source);

#endif
