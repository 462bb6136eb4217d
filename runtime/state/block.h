/* SPDX-License-Identifier: MIT */
/* The block list: addresses, and until when nothing is taken from them. A table with a bound: when it is full, the one
 * that would end first gives way, which may be the new one, so that a flood of forged sources never pushes out what
 * somebody has blocked for longer. Who may be put on it is proxy/guard.h's business. Pure. */
#ifndef FOV_RUNTIME_STATE_BLOCK_H
#define FOV_RUNTIME_STATE_BLOCK_H

#include "grammar/hash.h"
#include "grammar/value.h"
#include "runtime/sip/timers.h"

struct blocks;

#define BLOCK_FOR_EVER UINT64_MAX

struct blocks_events {
    void *context;
    /* It ran out, or had to give way. */
    void (*ended)(void *context, const struct ip_address *ip);
};

/* At most `most` addresses. NULL: out of memory. */
struct blocks *blocks_new(const struct hash_key *key, struct timers *timers, unsigned most,
                          const struct blocks_events *events);
void blocks_free(struct blocks *blocks);
/* For `delay` ms from now, whatever was said of it before. 0, -ENOSPC (no room: all others last longer), -ENOMEM;
 * after an error nothing has changed. */
int blocks_put(struct blocks *blocks, const struct ip_address *ip, uint64_t delay, uint64_t now);
/* False: it was not there. `ended` is not told. */
bool blocks_remove(struct blocks *blocks, const struct ip_address *ip);
bool blocks_has(const struct blocks *blocks, const struct ip_address *ip); /* O(1) */
unsigned blocks_count(const struct blocks *blocks);

#endif
