/* SPDX-License-Identifier: MIT */
/* The world of a test: virtual time, a network without delay that keeps what was sent, routes, a calendar in UTC, logs
 * and call records in memory. It drives the very proxy that net/ drives, and knows nothing of stories. */
#ifndef FOV_RUNTIME_SIM_WORLD_H
#define FOV_RUNTIME_SIM_WORLD_H

#include "grammar/arena.h"
#include "runtime/proxy/flow.h"
#include "runtime/proxy/proxy.h"
#include "runtime/sim/nameserver.h"

enum {
    WORLD_MONOTONIC = 1000000,   /* the proxy's clock when a story begins */
    WORLD_END = 24 * 3600 * 1000 /* no story runs longer */
};

struct sim_peer;
struct sim_connection;

struct sim_sent { /* a message that left */
    struct sim_sent *next;
    uint64_t at; /* ms since the beginning */
    struct endpoint local, remote;
    const struct sim_connection *connection; /* NULL: it is a datagram */
    struct slice bytes;
};

struct sim_line { /* a log line or a call record */
    struct sim_line *next;
    uint64_t at;
    struct slice text;
};

struct sim_gap { /* no route leads there */
    struct sim_gap *next;
    struct ip_block block;
};

struct sim_question {          /* to the name servers: its answer is on its way */
    struct sim_question *next; /* due later, or asked later */
    uint64_t due;
    uint32_t id;
    struct dns_answer answer;
};

struct sim_commit { /* of the store: on its way to the disk */
    struct sim_commit *next;
    uint64_t due, ticket;
};

struct sim_world {
    struct arena *arena;
    const struct proxy_settings *settings;
    const struct sim_gap *gaps;
    const struct sim_saying *sayings; /* of the name servers; they must outlive the world */
    struct sim_question *questions;
    int64_t unix_ms; /* wall clock at the beginning, as far as it has not been set anew */
    uint64_t now;    /* ms since the beginning */
    struct proxy *proxy;
    struct flow_key flows; /* of its flow tokens */
    unsigned runs;         /* so often it was started */
    struct world face;     /* what the proxy sees */
    struct sim_sent *sent, **sent_end;
    struct sim_line *logs, **logs_end, *records, **records_end;
    struct sim_commit *commits, **commits_end;
    struct sim_peer *peers;
    struct sim_connection *connections; /* all there ever were */
    uint32_t store_delay;               /* ms that the store takes for a commit */
    bool out_of_memory;
    bool stuck; /* a timer stayed due however often the proxy was told the time */
};

/* The proxy is made; settings, gaps, image and arena must outlive the world, which must not move. -ENOMEM. */
int sim_world_open(struct sim_world *world, struct arena *arena, const struct proxy_settings *settings,
                   const struct sim_gap *gaps, const struct image *image, int64_t unix_ms);
void sim_world_close(struct sim_world *world);
/* The process ends at once, and another one begins with the same keys; connections are gone. -ENOMEM. */
int sim_world_restart(struct sim_world *world, const struct image *image);

/* News from the store, now. */
void sim_world_load(struct sim_world *world, const struct store_row *row);
/* A datagram arrives now. */
void sim_world_receive(struct sim_world *world, const struct endpoint *source, const struct endpoint *local,
                       struct slice bytes);
/* ICMP about `sent` arrives now, quoting `quoted` bytes of it. */
void sim_world_unreachable(struct sim_world *world, const struct sim_sent *sent, size_t quoted);
/* Lets time pass up to `until`: timers fire when they are due, to the millisecond, those due at `until` too. Stops at
 * the first tick at which something left, and answers true; false: `until` is reached. */
bool sim_world_run(struct sim_world *world, uint64_t until);
/* What is due now is told: changes that the store has kept, connections that are lost. */
void sim_world_tell(struct sim_world *world);
/* Bytes of fov's leave; `connection` NULL: in a datagram. */
void sim_world_leave(struct sim_world *world, const struct sip_flow *flow, const struct sim_connection *connection,
                     struct slice bytes);
uint64_t sim_world_monotonic(const struct sim_world *world); /* the proxy's clocks */
int64_t sim_world_wall(const struct sim_world *world);
/* When the next timer is due, in ms since the beginning; UINT64_MAX: none is. */
uint64_t sim_world_due(const struct sim_world *world);
/* The listener that a party at `remote` reaches; NULL: none of its family and transport. */
const struct endpoint *sim_world_listener(const struct sim_world *world, const struct endpoint *remote);

/* Calendar time in "", "UTC", "GMT", "GMT+1", "GMT-5:30", "Europe/Berlin" and, as zones.def names them, the American
 * zones from Eastern to Pacific; false for other zones. */
bool sim_local_time(struct slice zone, int64_t unix_ms, struct local_time *time);
int64_t sim_unix_ms(int year, int month, int day, int hour, int minute, int second);

#endif
