/* SPDX-License-Identifier: MIT */
/* The location service (RFC 3261 10): who is registered, and under which contacts. Tables in memory; what the rules of
 * registering are is proxy/registrar.h's business, and what is kept on disk the store's. */
#ifndef FOV_RUNTIME_STATE_LOCATION_H
#define FOV_RUNTIME_STATE_LOCATION_H

#include "grammar/arena.h"
#include "grammar/hash.h"
#include "runtime/sip/timers.h"
#include "runtime/sip/uri.h"
#include "runtime/state/store.h"

struct locations;
struct location; /* a user */
struct place;    /* an address */

/* A contact of a user. Owned by its location; texts too. */
struct binding {
    struct binding *next; /* of the same user: highest q first, of equal ones the one registered last */
    struct location *location;
    struct slice user, contact, call_id, path; /* as in struct store_binding */
    uint32_t cseq;
    uint16_t q;
    bool nat;
    int64_t expires;
    struct endpoint received, local;
    struct place *places[2]; /* see location_knows; NULL: none */
    uint64_t ends;           /* `expires` on the clock of the timers */
    struct timer expiry, keepalive;
};

struct locations_events {
    void *context;
    /* It ran out; it is removed when the call returns. */
    void (*expired)(void *context, const struct binding *binding, uint64_t now);
    /* It is time for a datagram that keeps the NAT's way to this contact open. */
    void (*keepalive)(void *context, const struct binding *binding, uint64_t now);
};

/* `keepalive`: ms between two of them for contacts behind a NAT, 0: none. NULL: out of memory. */
struct locations *locations_new(const struct hash_key *key, struct timers *timers, uint32_t keepalive,
                                const struct locations_events *events);
void locations_free(struct locations *locations);

/* The user part of a URI as a key: %xx of what need not be escaped undone (19.1.4). The null slice: the URI has no user;
 * without memory too. */
struct slice location_user(struct arena *arena, const struct sip_uri *uri);
/* The contacts of a user, the first to be tried first; NULL: not registered. Valid until the next event. */
const struct binding *location_bindings(const struct locations *locations, struct slice user);
/* The binding of a user whose contact is equal to this one (19.1.4); NULL: there is none. */
const struct binding *location_find(const struct locations *locations, struct slice user,
                                    const struct sip_uri *contact);
/* For each row, which are all of one user: adds a binding, or replaces the one whose contact is equal to it; a row that has
 * expired only takes that away. All or nothing: -ENOMEM, -EINVAL (a contact is no URI): nothing changed. */
int location_put(struct locations *locations, const struct store_binding *rows, unsigned count, uint64_t now,
                 int64_t unix_ms);
/* Removes the binding with an equal contact; false: there was none. */
bool location_remove(struct locations *locations, struct slice user, struct slice contact);
/* Is somebody registered from, or under, this address? O(1). */
bool location_knows(const struct locations *locations, const struct ip_address *ip);
unsigned locations_count(const struct locations *locations); /* bindings */

#endif
