/* SPDX-License-Identifier: MIT */
/* A connection, of TCP or of TLS over it, with a WebSocket on it or not: its socket, what has come of the message under
 * way, what waits to leave, and until when it may wait. The set of all of them is stream.h's, which owns them; nothing
 * SIP in here but where messages end. */
#ifndef FOV_RUNTIME_NET_CONNECTION_H
#define FOV_RUNTIME_NET_CONNECTION_H

#include "grammar/causes.h"
#include "runtime/net/backlog.h"
#include "runtime/net/outbox.h"
#include "runtime/net/stream.h"
#include "runtime/net/tls.h"
#include "runtime/net/websocket.h"
#include "runtime/sip/lookup.h"
#include "runtime/sip/stream.h"
#include "runtime/sip/timers.h"

struct source;

enum connection_state {
    CONNECTION_OPENING,
    CONNECTION_SECURING, /* TLS is being agreed on */
    CONNECTION_OPEN,
    CONNECTION_CLOSING, /* by us: what is queued still leaves, and what comes is of no interest */
    CONNECTION_LOST,    /* to be told, and freed, at the end of the turn */
};

struct connection {
    struct lookup_node numbered, placed; /* placed: by its other end */
    struct lookup_node aliased;          /* by the address of that and `alias` */
    uint16_t alias;                      /* port that it stands for (RFC 5923); 0: none */
    struct connection *next, *previous;  /* all of them */
    struct connection *waiting;          /* the next one with something for the end of the turn */
    bool waits;
    struct streams *streams;
    uint64_t number;
    struct endpoint local, remote;
    int fd;
    enum connection_state state;
    enum cause cause; /* once it is lost */
    int error;        /* errno, when it could not be opened */
    struct loop_watch *readable, *writable;
    bool blocked;            /* the socket's buffer is full, or it is still opening */
    bool deaf;               /* reads nothing until there is room to write */
    struct tls_session *tls; /* NULL: in clear */
    struct stream framing;   /* of what comes */
    struct websocket *web;   /* instead, when it carries one; owned */
    bool asked;              /* for a sign of life, and has given none yet */
    bool whole;              /* in what has come now something was complete */
    uint64_t heard;          /* ms of the loop when something came last, once it was open; 0: nothing has */
    uint64_t said;           /* ms of the loop when something was said that keeps it open */
    struct backlog backlog;  /* what waits for it to be open */
    uint64_t patience;       /* ms of the loop: it is given up then when it is not open */
    struct outbox out;       /* what waits to leave */
    size_t weight;           /* bytes of that, and of what waits for a WebSocket's handshake, as the set has them */
    struct timer deadline;
    bool opened;                /* by us */
    struct source *source;      /* whose connections it is counted with; NULL: we opened it */
    struct source *destination; /* then: the same of whom it leads to */
    bool queued;                /* for a step of its handshake, between these of its source (source.h) */
    struct connection *ahead, *behind;
};

/* Takes the socket over: closes it when there is no memory (NULL). It is being connected (`opened`), or has come to
 * us. */
struct connection *connection_new(struct streams *streams, int fd, const struct sip_flow *flow, bool opened);
/* Without a socket: lost before it began, by this error of the system; 0: none. NULL: out of memory. */
struct connection *connection_lost(struct streams *streams, const struct sip_flow *flow, enum cause cause, int error);
void connection_free(struct connection *connection);

/* Are we still on the way to a peer that we connect to? The handshake of a WebSocket belongs to it. */
static inline bool connection_is_opening(const struct connection *connection) {
    return connection->opened &&
           (connection->state <= CONNECTION_SECURING ||
            (connection->state == CONNECTION_OPEN && connection->web && !websocket_open(connection->web)));
}

/* Queues a message, which waits for the connection to be open until then (ms of the loop); 0: as long as that may take.
 * Too many bytes, or no memory: it is lost. */
void connection_queue(struct connection *connection, struct slice message, uint64_t until);
/* Takes the step of its handshake that it was queued for. */
void connection_shake(struct connection *connection);
/* Sends what is queued, as far as the socket takes it. */
void connection_flush(struct connection *connection);

#endif
