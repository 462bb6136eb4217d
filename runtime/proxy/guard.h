/* SPDX-License-Identifier: MIT */
/* The block list at work (language.md 4, $action = block): who gets on it, who is turned away, and what the store is
 * told of it. Exceptions (exempt.h) are asked for both times, for they change with registrations and addresses. */
#ifndef FOV_RUNTIME_PROXY_GUARD_H
#define FOV_RUNTIME_PROXY_GUARD_H

#include "runtime/proxy/answer.h"

/* Makes proxy->blocks and proxy->exempt: 0, or -ENOMEM. Close it also after a failed open. */
int guard_open(struct proxy *proxy);
void guard_close(struct proxy *proxy);

/* Is nothing taken from this address? */
bool guard_refuses(const struct proxy *proxy, const struct ip_address *source);
/* The same of a request that belongs to no transaction yet. What is under way goes on: the CANCEL of what we work on,
 * and what names the cookie of a dialog. */
bool guard_turns_away(const struct request *request);
/* A rule has the request's source blocked, unless it is exempt; with a --block-time of 0 nobody is. */
void guard_block(const struct request *request);
/* A row of the store, or one that is gone. */
void guard_load(struct proxy *proxy, const struct store_block *row, bool gone);

#endif
