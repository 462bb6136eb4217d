/* SPDX-License-Identifier: MIT */
/* What goes up to the caller of a call (RFC 3261 16.7): a response relayed as bytes, the best of
 * several, or one of our own. The first final ends the call's record. */
#ifndef FOV_RUNTIME_PROXY_RESPONSE_H
#define FOV_RUNTIME_PROXY_RESPONSE_H

#include "runtime/proxy/call.h"
#include "runtime/proxy/event.h"

/* Our Via goes, From and To are the caller's again when the plan had changed them. `best`: it
 * stands for the whole response context, so that a 503 becomes a 500 (16.7 step 6). */
void response_relay(struct attempt *attempt, const struct sip_message *message, bool best, uint64_t now);
/* The best final of all attempts (best.h), with all challenges; 480 when there was no candidate at
 * all. A non-INVITE that nobody answered is not answered (RFC 4320 4.2). */
void response_best(struct call *call, uint64_t now);
/* A final of our own. */
void response_make(struct call *call, unsigned code, uint64_t now);
void response_trying(struct call *call, uint64_t now);

/* Lines for a response that we make: what the plan's _Headers say, and `own` unless the plan has
 * that header. Null: out of memory. */
struct slice response_lines(struct arena *arena, const struct outcome_header *replies, const struct event_field *own);

#endif
