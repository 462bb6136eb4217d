/* SPDX-License-Identifier: MIT */
/* Who has opened connections to us: an IPv4 address, or an IPv6 /64, which is what one customer has. How many each has,
 * which is counted in the same way of those whom we have connected to, and whose handshake of TLS goes on next: a step
 * of one costs us a hundred times what it costs whoever asks for it, so that each source in its turn gets one, however
 * many it has begun. */
#ifndef FOV_RUNTIME_NET_SOURCE_H
#define FOV_RUNTIME_NET_SOURCE_H

#include "grammar/hash.h"
#include "grammar/value.h"
#include "runtime/sip/lookup.h"

#include <stdbool.h>

struct connection;

struct source {
    struct lookup_node node;
    struct ip_address ip;
    unsigned count;                    /* connections */
    struct connection *first, *newest; /* those that wait for a step of their handshake */
    struct source *next;               /* in turn */
    bool queued;                       /* it has its turn, even if nobody waits any more */
};

struct sources {
    struct lookup table;
    struct hash_key key;
    struct source *first, *newest; /* in turn */
};

int sources_init(struct sources *sources, const struct hash_key *key); /* 0, -ENOMEM */
void sources_free(struct sources *sources);
/* One connection more; NULL: out of memory. */
struct source *source_enter(struct sources *sources, const struct ip_address *ip);
/* One less; NULL: nobody's. */
void source_leave(struct sources *sources, struct source *source);
/* A connection of a source, once: it wants to be told by sources_next() that it may take its step; or does not want to
 * any more. */
void source_queue(struct sources *sources, struct connection *connection);
void source_forget(struct connection *connection);
/* NULL: nobody waits. */
struct connection *sources_next(struct sources *sources);

#endif
