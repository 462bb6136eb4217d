/* SPDX-License-Identifier: MIT */
/* Streams, which are TCP, TLS on it, and WebSockets on either: listeners, and the connections that come to them or are
 * opened by us, found by their number or by where they lead.
 * Everybody may connect, so that everything is bounded: connections, those of one address, the time that a message may
 * take, the bytes that wait for who does not read. Whole messages come out (sip/stream.h). */
#ifndef FOV_RUNTIME_NET_STREAM_H
#define FOV_RUNTIME_NET_STREAM_H

#include "grammar/causes.h"
#include "grammar/hash.h"
#include "runtime/net/loop.h"
#include "runtime/net/upgrade.h"
#include "runtime/sip/address.h"
#include "runtime/sip/stream.h"

struct streams;
struct tls;

struct stream_limits {
    /* per_source: from one address, of IPv6 from a /64, which is what one customer has; and to one, when half of all
     * are opened by us. */
    unsigned connections, per_source;
    uint32_t connect;    /* ms that opening one may take */
    uint32_t message;    /* ms from the first byte of a message to its last */
    uint32_t idle;       /* ms without a message or a keep-alive */
    unsigned unread;     /* KiB that wait for who does not read, when it is more than one message */
    unsigned unread_all; /* MiB that wait in all */
};

struct stream_message {
    struct endpoint source, local;
    uint64_t connection;
    bool accepted;              /* it was not us who opened it */
    struct slice bytes;         /* valid during the call alone */
    struct stream_fault broken; /* where it ends nobody knows; the connection is closed behind the answer */
};

struct stream_loss {
    uint64_t connection;
    struct endpoint remote;
    enum cause cause;
    int error;          /* why the system could not open it; 0: it could */
    const char *reason; /* what was wrong with TLS, in words; "": nothing */
    struct slice fault; /* the same of the handshake of a WebSocket; empty: nothing */
    bool opened;        /* by us */
};

struct stream_events {
    void (*received)(void *context, const struct stream_message *message);
    /* One is no more, by whom ever, or could not be opened. Told by streams_settle() alone. */
    void (*lost)(void *context, const struct stream_loss *loss);
    /* A message has waited long enough for a connection that is still being opened: it is not sent any more. Others wait
     * on, so that the connection is not lost. */
    void (*expired)(void *context, const struct endpoint *remote, struct slice message);
    /* Behind `lost`: a message that waited for that connection, which could not be opened. */
    void (*returned)(void *context, const struct stream_loss *loss, struct slice message);
    bool (*turn)(void *context); /* the end of a turn of the loop: wants streams_settle(); what it says is not read */
    void *context;
};

struct stream_counts {
    uint64_t accepted, opened;
    uint64_t refused;   /* for want of room: one of the limits, or no descriptor */
    uint64_t timed_out; /* a message that did not come to its end; idle */
    uint64_t unread;    /* too much was waiting for who does not read */
    uint64_t unsecured; /* TLS was not agreed on */
};

/* NULL: out of memory. */
struct streams *streams_new(struct loop *loop, const struct stream_limits *limits, const struct hash_key *key,
                            const struct stream_events *events);
void streams_free(struct streams *streams);
/* From now on TLS can be listened for and connected with; it must outlive them. */
void streams_secure(struct streams *streams, struct tls *tls);
/* Listens at `address`; *bound is the same with the port it got. 0 or -errno. */
int streams_listen(struct streams *streams, const struct endpoint *address, struct endpoint *bound);

/* Whose pages may open WebSockets; not called: all. What it points to must outlive the streams. */
void streams_set_policy(struct streams *streams, const struct upgrade_policy *policy);

/* Queues a message: on the flow's connection while that is there, else on one that we opened for the same two ends or
 * that stands for one, else on a new one. A WebSocket to somebody without a name is lost at once (CAUSE_FLOW_FAILED).
 * Its number; 0: out of memory. */
uint64_t streams_send(struct streams *streams, const struct sip_flow *flow, struct slice bytes);
/* Takes back a message that still waits for its connection to be open. False: none of these bytes does. */
bool streams_withdraw(struct streams *streams, uint64_t number, struct slice bytes);
/* What is sent to `port` at the other end's address may take this connection, which that has opened, from now on: over
 * TLS, to a name that it has proved to be (RFC 5923). */
void streams_alias(struct streams *streams, uint64_t number, uint16_t port);
/* Nobody has answered on one that was sent on after `since` (ms of the loop). True: nothing has come on it since then,
 * either, though it had before, so that it may lead nowhere; what is to go where it leads, or what it stands for, takes
 * another one from now on. Not one that we cannot open. */
bool streams_doubt(struct streams *streams, uint64_t number, uint64_t since);
/* The newest connection whose other end is `remote`; 0: there is none. */
uint64_t streams_find(const struct streams *streams, const struct endpoint *remote);
/* The other end of one; NULL: it is no more. */
const struct endpoint *streams_remote(const struct streams *streams, uint64_t connection);
/* Sends what is queued and tells what was lost. False: there was nothing to do. */
bool streams_settle(struct streams *streams);

uint64_t streams_due(const struct streams *streams); /* when streams_tick() is wanted; UINT64_MAX: not */
void streams_tick(struct streams *streams);
struct stream_counts streams_counts(const struct streams *streams);

#endif
