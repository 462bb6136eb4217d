/* SPDX-License-Identifier: MIT */
/* The sequence of attempts of one call: which event leads to the next target, which ends it, and
 * what goes up (language.md 5, RFC 3261 16.7). A request without failover is a sequence of one
 * target. */
#ifndef FOV_RUNTIME_PROXY_FAILOVER_H
#define FOV_RUNTIME_PROXY_FAILOVER_H

#include "runtime/proxy/call.h"

/* 100 for an INVITE, then the first attempt. */
void sequence_start(struct call *call, uint64_t now);
/* The attempt, whose target is a name, has begun: it runs, or is over. */
void sequence_started(struct attempt *attempt, uint64_t now);
/* A response to an attempt, running or not. */
void sequence_response(struct attempt *attempt, const struct sip_message *message, uint64_t now);
/* A timer gave up a running attempt. */
void sequence_timeout(struct attempt *attempt, enum cause cause, uint64_t now);
/* It could not be sent, or could not arrive, before any response. */
void sequence_failed(struct attempt *attempt, enum cause cause, uint64_t now);
/* A client transaction has ended, with or without a final. */
void sequence_client_ended(struct attempt *attempt, uint64_t now);
/* The caller's CANCEL; `reason`: its Reason lines. */
void sequence_cancel(struct call *call, struct slice reason, uint64_t now);

#endif
