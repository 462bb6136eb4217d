/* SPDX-License-Identifier: MIT */
/* The proxy: events in, actions out (world.h). Everything a SIP server does between its sockets:
 * RFC 3261 16, the plan, and serial failover (language.md 5). Pure: no socket, clock, thread or
 * random source of its own. */
#ifndef FOV_RUNTIME_PROXY_PROXY_H
#define FOV_RUNTIME_PROXY_PROXY_H

#include "grammar/hash.h"
#include "runtime/plan/image.h"
#include "runtime/proxy/settings.h"
#include "runtime/proxy/world.h"
#include "runtime/sip/stream.h"

struct proxy_seed {
    struct hash_key tables;  /* random for each run */
    struct hash_key dialogs; /* the in-dialog cookie, flow tokens: kept across restarts */
    struct hash_key numbers; /* branches, tags, $math.rand */
};

struct packet {
    struct endpoint source, local;
    uint64_t connection;        /* that it came on; 0: a datagram */
    bool accepted;              /* it was the source who opened that */
    struct slice bytes;         /* of a datagram, or one message of a stream */
    struct stream_fault broken; /* why nobody knows where it ends in its stream: it is refused */
    uint64_t now;               /* monotonic ms */
    int64_t unix_ms;            /* wall clock */
};

struct proxy;
struct counters; /* counters.h */
struct health;

/* Settings, image and world must outlive it. NULL: out of memory. */
struct proxy *proxy_new(const struct proxy_settings *settings, const struct proxy_seed *seed, const struct image *image,
                        const struct world *world);
void proxy_free(struct proxy *proxy);

void proxy_receive(struct proxy *proxy, const struct packet *packet);
/* ICMP or a failed send; `quoted` is what the network quoted of our datagram. Or a message that has waited in vain for a
 * connection, as long as its flow says, while others wait on for the same one. */
void proxy_unreachable(struct proxy *proxy, const struct endpoint *remote, struct slice quoted, enum cause cause,
                       uint64_t now, int64_t unix_ms);
/* A connection was closed, by whom ever, or could not be made. */
/* A message to `remote` that was on no connection yet when the one that it waited for could not be opened. Requests are
 * told of by proxy_connection_lost() alone. */
void proxy_returned(struct proxy *proxy, const struct endpoint *remote, struct slice bytes, enum cause cause,
                    uint64_t now, int64_t unix_ms);
void proxy_connection_lost(struct proxy *proxy, uint64_t connection, enum cause cause, uint64_t now, int64_t unix_ms);
uint64_t proxy_due(const struct proxy *proxy); /* when proxy_tick is wanted; UINT64_MAX: not */
void proxy_tick(struct proxy *proxy, uint64_t now, int64_t unix_ms);

/* News from the store: every row at the start, later what somebody else has changed. Texts are copied. Bindings that
 * have expired are passed over: it is the store that forgets what ran out while nobody watched. */
void proxy_load(struct proxy *proxy, const struct store_row *row, uint64_t now, int64_t unix_ms);
/* What the proxy had kept up to that world.commit() is on disk. */
void proxy_kept(struct proxy *proxy, uint64_t ticket, uint64_t now, int64_t unix_ms);

/* What became of a question of world.ask(). Copied. */
void proxy_named(struct proxy *proxy, uint32_t id, const struct dns_answer *answer, uint64_t now, int64_t unix_ms);

/* Other name servers are asked from now on. */
void proxy_name_servers(struct proxy *proxy, uint64_t now);

/* SIGTERM: no new calls (503 with Retry-After); what runs goes on. */
void proxy_drain(struct proxy *proxy);
/* Nothing runs any more that could still matter to a peer: no transaction without its final, no
 * final without its ACK. */
bool proxy_idle(const struct proxy *proxy);
/* Transactions that somebody still waits for: transactions_pending(). */
unsigned proxy_pending(const struct proxy *proxy);
/* Live objects, for tests: 0 when everything has ended. */
unsigned proxy_live(const struct proxy *proxy);
struct proxy_status {                                                       /* how many there are now */
    unsigned calls, sessions, transactions, registrations, blocks, targets; /* targets: that have failed lately */
};
struct proxy_status proxy_status(const struct proxy *proxy, uint64_t now);
const struct health *proxy_health(const struct proxy *proxy); /* state/health.h: to read */
/* What it has counted so far. */
const struct counters *proxy_counters(const struct proxy *proxy);

#endif
