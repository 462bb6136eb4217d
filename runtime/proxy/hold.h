/* SPDX-License-Identifier: MIT */
/* What attempts have to do with the memory of dead destinations (state/health.h): whether one may start, and what its
 * end says. Nothing is asked or said where hold-down is off: --hold-down, &failover.holddown. */
#ifndef FOV_RUNTIME_PROXY_HOLD_H
#define FOV_RUNTIME_PROXY_HOLD_H

#include "runtime/proxy/attempt.h"
#include "runtime/proxy/core.h"

int hold_open(struct proxy *proxy); /* 0, -ENOMEM */
void hold_close(struct proxy *proxy);

/* Before an attempt is sent to its `remote`: CAUSE_NONE, or CAUSE_HELD_DOWN. Requests within a dialog have nowhere else
 * to go, and are never held. */
enum cause hold_ask(struct attempt *attempt, uint64_t now);
/* It has ended, with its cause. */
void hold_note_end(struct attempt *attempt, uint64_t now);
/* A response came, however late; before `first` is noted. */
void hold_note_response(struct attempt *attempt);

#endif
