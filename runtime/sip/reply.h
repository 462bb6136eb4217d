/* SPDX-License-Identifier: MIT */
/* Responses that this server makes itself (RFC 3261 8.2.6) and where any response goes (18.2.2, RFC 3581).
 *
 * Over UDP a response goes to the address that the request came from, whatever its Via says, and to the source's port
 * with rport, else to the port of sent-by. A maddr in the Via (18.2.2) is not followed: it is for requests that were
 * sent to a multicast group, none of which come here, and would let anybody point our responses, which are larger than
 * the requests and repeated, at a third party. For the same reason received and rport values that came with the
 * request are replaced by what was seen.
 */
#ifndef FOV_RUNTIME_SIP_REPLY_H
#define FOV_RUNTIME_SIP_REPLY_H

#include "grammar/arena.h"
#include "runtime/sip/address.h"
#include "runtime/sip/scan.h"

struct reply {
    unsigned code;
    struct slice reason;  /* null: the usual phrase */
    struct slice to_tag;  /* added when the request's To has none; null: no tag (100) */
    struct slice headers; /* whole lines with CRLF, may be empty */
    uint32_t delay;       /* of a 100: ms since the request came, for its Timestamp; 0: at once */
};

/* From, To, Call-ID, CSeq and all Vias byte for byte (received and rport filled in on the top one), Timestamp on a 100,
 * Content-Length: 0. Bytes in `arena`; the null slice when out of memory, or when a message that the fence refused has
 * not got the five headers that a response needs. */
struct slice reply_build(struct arena *arena, const struct sip_message *request, const struct endpoint *source,
                         const struct reply *reply);

/* The top Via of a request with ;received= and ;rport= as RFC 3261 18.2.1 and RFC 3581 4 demand: its new text, or the
 * null slice when nothing has to change (or memory is out: -ENOMEM in *error). */
struct slice reply_via(struct arena *arena, const struct sip_message *request, const struct endpoint *source,
                       int *error);

/* The way of the response to a `request` that came on `flow` (from its remote): over UDP as said above; over a stream
 * on the connection it came on, and when that is gone to the port of sent-by, the transport's own without one, to
 * whoever proves to be that host: the name stands in the request. Nobody connects to a browser. When nobody is there,
 * either, proxy/returned.h looks for the name. */
struct sip_flow reply_flow(const struct sip_message *request, const struct sip_flow *flow);

#endif
