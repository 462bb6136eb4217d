/* SPDX-License-Identifier: MIT */
/* The proxy from inside: what its modules share. One for each thread; nothing here is global. */
#ifndef FOV_RUNTIME_PROXY_CORE_H
#define FOV_RUNTIME_PROXY_CORE_H

#include "runtime/plan/vm.h"
#include "runtime/proxy/counters.h"
#include "runtime/proxy/flow.h"
#include "runtime/proxy/proxy.h"
#include "runtime/sip/locate.h"

struct call;
struct users;
struct aliases;
struct locations;
struct nonces;
struct sessions;
struct blocks;
struct exempt;
struct health;
struct names;
struct held_ack;
struct returned_response;
struct waiting_answer;

struct proxy {
    const struct proxy_settings *settings;
    const struct image *image;
    const struct world *world;
    struct proxy_seed seed;
    struct flow_key flows; /* of seed.dialogs */
    struct timers *timers;
    struct transactions *transactions;
    struct rx_scratch *rx;
    /* What it knows beside the calls; owned. */
    struct users *users;
    struct aliases *aliases;
    struct locations *locations;
    struct nonces *nonces;
    struct sessions *sessions;
    struct blocks *blocks;
    struct exempt *exempt; /* addresses that are never blocked */
    struct health *health; /* destinations that have failed lately */
    struct names *names;
    struct locate_means means; /* what our listeners can send over */
    /* ACKs that wait for the places of a name; owned (held.h). */
    struct held_ack *held;
    unsigned held_count;
    size_t held_bytes;
    /* Responses that nobody has taken where they were sent first; owned (returned.h). */
    struct returned_response *returned;
    unsigned returned_count;
    size_t returned_bytes;
    /* Answers that wait for the store, the oldest first; owned (waiting.h). */
    struct waiting_answer *waiting, **waiting_end;
    unsigned waiting_count;
    uint64_t ticket;              /* the newest of world.commit() */
    struct vm vm;                 /* of the evaluation under way */
    struct arena scratch;         /* of the event under way */
    char mended[SCAN_MENDED_MAX]; /* its message, when that came with bare line feeds */
    struct {
        const struct call *call; /* the one whose first steps are being done; NULL: none */
        const struct sip_message *request;
    } fresh;
    struct call *calls; /* all of them, owned */
    unsigned call_count;
    uint64_t drawn;  /* numbers, by proxy_number */
    uint64_t sid;    /* $sid of the newest */
    uint64_t now;    /* monotonic ms of the event under way */
    int64_t unix_ms; /* wall clock of the event under way */
    bool draining;
    struct timer acknowledging; /* runs while the ACK of a relayed 2xx may still be on its way */
    struct counters counters;
};

/* The way back to whoever sent it. */
static inline struct sip_flow packet_flow(const struct packet *packet) {
    return (struct sip_flow){.local = packet->local, .remote = packet->source, .connection = packet->connection};
}

/* Unguessable, and no two alike in practice: branches, tags. */
uint64_t proxy_number(struct proxy *proxy);

static inline void proxy_count(struct proxy *proxy, enum counter counter) {
    proxy->counters.values[counter]++;
}

#endif
