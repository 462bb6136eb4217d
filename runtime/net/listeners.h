/* SPDX-License-Identifier: MIT */
/* All places that the server listens at, over all transports: opened together, and one door for what leaves. */
#ifndef FOV_RUNTIME_NET_LISTENERS_H
#define FOV_RUNTIME_NET_LISTENERS_H

#include "runtime/net/loop.h"
#include "runtime/net/stream.h"
#include "runtime/net/udp.h"

struct counters;
struct log;
struct listener;

struct listener_events {
    void (*datagram)(void *context, const struct udp_datagram *datagram);
    void (*undelivered)(void *context, const struct udp_failure *failure);
    void (*message)(void *context, const struct stream_message *message);
    void (*lost)(void *context, const struct stream_loss *loss);
    void (*returned)(void *context, const struct stream_loss *loss, struct slice message);
    /* The end of a turn of the loop: wants listeners_settle(). True: others wait for theirs. */
    bool (*turn)(void *context);
    void *context;
};

struct listeners { /* zeroed, or listeners_open(): may be closed */
    struct loop *loop;
    struct log *log;
    struct listener_events events;
    struct listener *datagrams;
    unsigned datagram_count;
    struct streams *streams;
    struct endpoint *endpoints; /* all of them, as bound */
    unsigned count;
    uint64_t homeless;         /* datagrams that no listener could send */
    struct udp_losses told;    /* of what was lost so far, that which the log knows of */
    uint64_t told_refused;     /* connections */
    uint64_t telling;          /* when the log may be told of more */
    uint64_t telling_failures; /* and of another handshake that failed; those meanwhile are `untold` */
    unsigned untold;
};

struct listen_request {
    const struct endpoint *addresses;
    unsigned count;
    bool may_lack; /* a machine without IPv6 (or IPv4) is none to complain about: nobody asked for an address of it */
    struct stream_limits limits;
    struct tls *tls; /* must outlive them. NULL: none of the addresses needs it */
    struct upgrade_policy origins;
};

/* 0 or -errno, with the reason in one line when it is about an address. The loop and the log must outlive it. */
int listeners_open(struct listeners *listeners, struct loop *loop, struct log *log,
                   const struct listen_request *request, const struct hash_key *key,
                   const struct listener_events *events, char *reason, size_t size);
void listeners_close(struct listeners *listeners);

/* As world.send(). */
uint64_t listeners_send(struct listeners *listeners, const struct sip_flow *flow, struct slice bytes);
/* Adds what was counted of connections. */
void listeners_count(const struct listeners *listeners, struct counters *counters);
/* What is queued leaves, and what fails is told, until nothing is left; what was lost here goes to the log. */
void listeners_settle(struct listeners *listeners);

#endif
