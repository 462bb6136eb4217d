/* SPDX-License-Identifier: MIT */
/* Which calls are sessions, and until when: what the proxy sees of a call, told to state/session.h. A session begins
 * when an initial INVITE is routed. It ends with the final answer of a call that fails, with the answer to the BYE of
 * its last dialog, when nobody refreshed it in time (RFC 4028), or, when nothing of that is seen, after --max-session.
 * Without Record-Route nothing is seen of an answered call: there it ends with its 2xx. */
#ifndef FOV_RUNTIME_PROXY_TALLY_H
#define FOV_RUNTIME_PROXY_TALLY_H

#include "runtime/proxy/answer.h"
#include "runtime/state/session.h"

/* 0, or -ENOMEM. Close when the calls have gone, also after a failed open. */
int tally_open(struct proxy *proxy);
void tally_close(struct proxy *proxy);
/* The session that the request is about to begin. -ENOMEM; 0 and NULL: it begins none. */
int tally_prepare(const struct request *request, struct session **session);
/* It begins: `session` may be NULL. */
void tally_start(struct call *call, struct session *session, uint64_t now);
/* The first final goes up. */
void tally_final(struct call *call, unsigned code);
/* A 2xx goes up, `again`: after a final. */
void tally_success(struct call *call, const struct sip_message *response, bool again, uint64_t now);

#endif
