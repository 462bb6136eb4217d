/* SPDX-License-Identifier: MIT */
/* Answers that wait until what they promise is on disk. Their server transactions are open meanwhile, so that they
 * count as pending. */
#ifndef FOV_RUNTIME_PROXY_WAITING_H
#define FOV_RUNTIME_PROXY_WAITING_H

#include "runtime/proxy/core.h"

struct waiting_answer {
    struct waiting_answer *next;
    struct server_transaction *server;
    uint64_t ticket;
    size_t length;
    char bytes[];
};

/* Do so many wait that the store must get no more to do? */
bool waiting_is_full(const struct proxy *proxy);
/* One that belongs to the caller until it waits; freed with free(). NULL: out of memory. */
struct waiting_answer *waiting_new(struct server_transaction *server, struct slice bytes);
/* A 200. It leaves when the store has what was kept so far. */
void waiting_add(struct proxy *proxy, struct waiting_answer *answer);
void waiting_answer_up_to(struct proxy *proxy, uint64_t ticket);
void waiting_free(struct proxy *proxy); /* all of them, unsent */

#endif
