/* SPDX-License-Identifier: MIT */
/* What attempts have to do with the memory of destinations that failed (state/health.h): whether one may start, and
 * what its responses and its end say. A failure puts a destination behind its equals (RFC 3263 4.3); it counts towards
 * holding it down only where that is on: --hold-down, &failover.holddown. */
#ifndef FOV_RUNTIME_PROXY_STANDING_H
#define FOV_RUNTIME_PROXY_STANDING_H

#include "runtime/proxy/attempt.h"
#include "runtime/proxy/core.h"

int standing_open(struct proxy *proxy); /* 0, -ENOMEM */
void standing_close(struct proxy *proxy);

/* Before an attempt is sent to its `remote`: CAUSE_NONE, or CAUSE_HELD_DOWN. Requests within a dialog have nowhere else
 * to go, and are never held. */
enum cause standing_ask(struct attempt *attempt, uint64_t now);
/* A response came, however late; before `first` is noted. */
void standing_note_response(struct attempt *attempt, const struct sip_message *message, uint64_t now);
/* It has ended, with its cause. One that was never asked for, as it was not to be sent there, says nothing. */
void standing_note_end(struct attempt *attempt, uint64_t now);

#endif
