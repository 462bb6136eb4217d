/* SPDX-License-Identifier: MIT */
/* The location service (RFC 3261 10): who is registered, and under which contacts. Tables in memory; what the rules of
 * registering are is proxy/registrar.h's business, and what is kept on disk the store's. */
#ifndef FOV_RUNTIME_STATE_LOCATION_H
#define FOV_RUNTIME_STATE_LOCATION_H

#include "grammar/arena.h"
#include "grammar/hash.h"
#include "runtime/sip/lookup.h"
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
    struct slice user, contact, call_id, path, instance; /* as in struct store_binding */
    uint32_t reg_id;
    uint32_t cseq;
    uint16_t q;
    bool nat, bound;
    uint64_t connection; /* 0: none, or it is lost */
    int64_t expires;
    struct endpoint received, local;
    struct place *places[2]; /* see location_knows; NULL: none */
    uint64_t ends;           /* `expires` on the clock of the timers */
    struct timer expiry, keepalive;
    struct lookup_node flow; /* by its connection */
};

struct locations_events {
    void *context;
    /* It ran out; it is removed when the call returns. */
    void (*expired)(void *context, const struct binding *binding, uint64_t now);
    /* The same of one whose connection is lost, and which was bound to that. */
    void (*cut_off)(void *context, const struct binding *binding);
    /* It is time for a datagram that keeps the NAT's way to this contact open. */
    void (*keepalive)(void *context, const struct binding *binding, uint64_t now);
};

/* `keepalive`: ms between two of them for contacts behind a NAT, 0: none. NULL: out of memory. */
struct locations *locations_new(const struct hash_key *key, struct timers *timers, uint32_t keepalive,
                                const struct locations_events *events);
void locations_free(struct locations *locations);

/* The user part of a URI as a key: %xx of what need not be escaped undone (19.1.4). The null slice: the URI has no
 * user; without memory too. */
struct slice location_user(struct arena *arena, const struct sip_uri *uri);
/* The contacts of a user, the first to be tried first; NULL: not registered. Valid until the next event. */
const struct binding *location_bindings(const struct locations *locations, struct slice user);
/* The binding of a user whose contact is equal to this one (19.1.4); NULL: there is none. */
const struct binding *location_find(const struct locations *locations, struct slice user,
                                    const struct sip_uri *contact);
/* The binding of a user that is this flow of this client (RFC 5626 6); NULL: there is none, or `reg_id` is 0. */
const struct binding *location_find_flow(const struct locations *locations, struct slice user, struct slice instance,
                                         uint32_t reg_id);
/* For each row, which are all of one user: adds a binding, or replaces those whose contact is equal to it or which are
 * the same flow of the same client; a row that has expired only takes them away. All or nothing: -ENOMEM, -EINVAL (a
 * contact is no URI): nothing changed. */
int location_put(struct locations *locations, const struct store_binding *rows, unsigned count, uint64_t now,
                 int64_t unix_ms);
/* Removes the binding with an equal contact; false: there was none. */
bool location_remove(struct locations *locations, struct slice user, struct slice contact);
/* Has somebody registered on this connection, who is still there? O(1). */
bool location_flows(const struct locations *locations, uint64_t connection);
/* A connection is lost: the contacts that are bound to it are no more, the others have none. */
void location_cut(struct locations *locations, uint64_t connection);
/* Is somebody registered from, or under, this address? O(1). */
bool location_knows(const struct locations *locations, const struct ip_address *ip);
unsigned locations_count(const struct locations *locations); /* bindings */

#endif
