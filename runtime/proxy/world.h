/* SPDX-License-Identifier: MIT */
/* What the proxy asks of the world. net/ answers with sockets, sim/ with a script. Everything else
 * comes in as events (proxy.h). No call here may call back into the proxy. */
#ifndef FOV_RUNTIME_PROXY_WORLD_H
#define FOV_RUNTIME_PROXY_WORLD_H

#include "runtime/sip/address.h"
#include "runtime/sip/dns.h"
#include "runtime/state/store.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

/* How requests towards a peer leave. */
struct world_route {
    struct endpoint local; /* the listener's socket and source address */
    char host[256];        /* for Via and Record-Route: address, or what --advertise says; IPv6 in brackets
                     */
    uint16_t port;
};

struct local_time {
    int year, month, day, hour, minute, second, weekday; /* month 1-12; weekday 0 = Sunday */
};

struct world {
    void *context;
    /* Queues a message; bytes are copied before it returns. The connection that it takes: the one of `flow` while that
     * is there, else one that was opened by us from the same listener to the same place, else a new one; over TLS none
     * but to whoever proves to be the name of `flow` (RFC 5922 7.3), and no new WebSocket to whoever has none. 0: it is
     * a datagram, or there is no memory for a connection. What goes wrong comes back as proxy_unreachable and
     * proxy_connection_lost. */
    uint64_t (*send)(void *context, const struct sip_flow *flow, struct slice bytes);
    /* Takes back a request that send() has queued for `connection`, as long as that is still being opened: it never
     * leaves. False: nothing of these bytes waits there. */
    bool (*withdraw)(void *context, uint64_t connection, struct slice bytes);
    /* The newest connection whose other end is `remote`, whoever opened it; 0: there is none. Who asks must know that
     * the peer who is meant has spoken from there: anybody may have connected from any port. */
    uint64_t (*connection)(void *context, const struct endpoint *remote);
    /* The other end of a connection wants what is sent to `port` at its address to take it, too (RFC 5923): so it does,
     * when it has proved by a certificate to be the name that is meant. NULL: nobody does. */
    void (*alias)(void *context, uint64_t connection, uint16_t port);
    /* A request that has begun at `since` (monotonic ms) has got no response on it in time. When nothing has come on it
     * since then, though something had before, its other end may have gone without a word: what follows takes a new one
     * where we can open one, and what is under way on it goes on. */
    void (*doubt)(void *context, uint64_t connection, uint64_t since);
    /* The way to `remote`, from `wanted` when that is not NULL: its address, and its port unless that is 0. CAUSE_NONE,
     * or CAUSE_TRANSPORT_UNSUPPORTED (no listener of that transport, family or wanted place), CAUSE_UNREACHABLE (no
     * route). */
    enum cause (*route)(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                        struct world_route *route);
    /* Calendar time of `unix_ms` in a zone of the tz database; "" is the machine's own. False: no
     * such zone. */
    bool (*local_time)(void *context, struct slice zone, int64_t unix_ms, struct local_time *time);
    /* One line of logfmt, without time and level, no line end. */
    void (*log)(void *context, enum log_level level, struct slice line);
    /* One call record: a line of JSON, no line end. */
    void (*record)(void *context, struct slice line);
    /* Keeps a row of the store, or forgets it: copied before it returns, written later. */
    void (*keep)(void *context, const struct store_row *row);
    /* What was kept so far is wanted on disk: proxy_kept() tells when it is (or when there is no disk to write to any
     * more: then memory is all there is). Never before this call has returned. Tickets count up from 1; of 0 nobody
     * waits to be told. Both are NULL without a store: then everything is in memory alone, and safe at once. */
    void (*commit)(void *context, uint64_t ticket);
    /* Asks the name servers: proxy_named() with that id tells what they say, or that they said nothing in time; never
     * before this call has returned. False: for want of memory nobody is asked. NULL: nobody here resolves names. */
    bool (*ask)(void *context, uint32_t id, struct slice name, enum dns_type type);
};

#endif
