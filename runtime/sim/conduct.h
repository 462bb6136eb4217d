/* SPDX-License-Identifier: MIT */
/* What RFC 3261 demands of everything that a record-routing stateful proxy sends, looked at without a story's asking:
 *
 *   every message   well formed; one From, To, Call-ID, CSeq; Content-Length right, and there on a stream; from a
 *                   listener (7, 18.3, 20.14)
 *   a request       our Via on top, with the magic cookie and a branch of its own; Max-Forwards counted down; Call-ID,
 *                   CSeq, tags, body, the other Vias and every header that the plan does not name as they came, byte
 *                   for byte; Record-Route on an INVITE that makes a dialog (16.6); no credentials for us (22.3)
 *   again           only with the same bytes (17.1.1.2)
 *   CANCEL          the INVITE's branch, URI, From, To, Call-ID, Route, CSeq number, one Via; after a 1xx only (9.1)
 *   ACK to 300-699  the INVITE's branch and so on, To of the response (17.1.1.3)
 *   a response      to a request that came; its Vias; From, Call-ID, CSeq and To as they came, with a tag unless it is
 *                   a 100; one final only, but for a further 2xx to an INVITE, and no 1xx after it (8.2.6.2, 16.7);
 *                   no 408 to a request that is no INVITE (RFC 4320)
 *   STUN            answers to who has asked, a little longer than the request (RFC 5626 8)
 */
#ifndef FOV_RUNTIME_SIM_CONDUCT_H
#define FOV_RUNTIME_SIM_CONDUCT_H

#include "runtime/sim/play.h"

/* The story fails when `exchange`, the newest that left, breaks a rule. */
void conduct_check(struct play *play, const struct exchange *exchange);

#endif
