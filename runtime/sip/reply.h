/* SPDX-License-Identifier: MIT */
/* Responses that this server makes itself (RFC 3261 8.2.6, 16.7) and where any response goes (18.2.2, RFC 3581). */
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
};

/* From, To, Call-ID, CSeq and all Vias byte for byte (received and rport filled in on the top one), Timestamp on a 100,
 * Content-Length: 0. Bytes in `arena`; the null slice when out of memory. */
struct slice reply_build(struct arena *arena, const struct sip_message *request, const struct endpoint *source,
                         const struct reply *reply);

/* The top Via of a request with ;received= and ;rport= as RFC 3261 18.2.1 and RFC 3581 4 demand: its new text, or the
 * null slice when nothing has to change (or memory is out: -ENOMEM in *error). */
struct slice reply_via(struct arena *arena, const struct sip_message *request, const struct endpoint *source, int *error);

/* Where the response to `request` goes over UDP: rport, received, maddr, sent-by (18.2.2, RFC 3581 4). */
struct endpoint reply_destination(const struct sip_message *request, const struct endpoint *source);

#endif
