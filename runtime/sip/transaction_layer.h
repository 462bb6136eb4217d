/* SPDX-License-Identifier: MIT */
/* What the two sides of the transaction layer share and nobody else sees: the layer itself, and the requests that it
 * makes (ACK and CANCEL). */
#ifndef FOV_RUNTIME_SIP_TRANSACTION_LAYER_H
#define FOV_RUNTIME_SIP_TRANSACTION_LAYER_H

#include "runtime/sip/lookup.h"
#include "runtime/sip/transaction.h"

enum {
    KEY_MAX = SIP_MESSAGE_MAX + 1024, /* parts of one message, their lengths */
    TIMER_D_LEAST = 32 * 1000,        /* 17.1.1.2: at least 32 s */
};

struct transactions {
    struct transaction_settings settings;
    struct hash_key key;
    struct timers *timers;
    struct transactions_world world;
    struct transaction_events events;
    struct lookup servers; /* by server_key */
    struct lookup acks;    /* RFC 2543 server INVITE transactions with a final: by the key of the ACK they expect */
    struct lookup clients; /* by branch: an INVITE and its CANCEL share one */
    struct lookup flows;   /* clients without a final, by their connection */
    unsigned pending;      /* transactions that a peer still waits for */
    unsigned unanswered;   /* servers that will get a final and have none */
    char scratch[KEY_MAX]; /* where keys are put together */
};

static inline uint32_t sixty_four_t1(const struct transactions *transactions) {
    return 64 * transactions->settings.t1;
}

/* Streams repeat by themselves and deliver in order: no A, E, G; D, I, J and K are 0. */
static inline bool is_reliable(const struct endpoint *endpoint) {
    return endpoint->transport != TRANSPORT_UDP;
}

/* A time that is waited for over UDP alone. */
static inline uint32_t unless_reliable(const struct endpoint *endpoint, uint32_t time) {
    return is_reliable(endpoint) ? 0 : time;
}

/* A transaction in a new state: `pending` is its part of the layer's number. */
static inline void set_pending(struct transactions *transactions, bool *pending, bool now) {
    transactions->pending += (unsigned)now - (unsigned)*pending;
    *pending = now;
}

/* *connection is the one that what follows takes, too; it is not looked at for a datagram. False: out of memory for
 * one. */
static inline bool send_bytes(const struct transactions *transactions, struct sip_flow flow, uint64_t *connection,
                              struct slice bytes) {
    if (is_reliable(&flow.remote))
        flow.connection = *connection;
    uint64_t taken = transactions->world.send(transactions->world.context, &flow, bytes);
    if (taken)
        *connection = taken;
    return taken || !is_reliable(&flow.remote);
}

/* True: it has never left, and never will. */
static inline bool withdraw_bytes(const struct transactions *transactions, uint64_t connection, struct slice bytes) {
    return connection && transactions->world.withdraw(transactions->world.context, connection, bytes);
}

/* Without telling the user. */
void server_destroy(struct lookup_node *node);
void client_destroy(struct lookup_node *node);

/* Transaction_request.c: requests from the bytes of an INVITE that this server sent. */

/* 17.1.1.3. The null slice: out of memory. */
struct slice request_ack(struct arena *arena, struct slice invite, const struct sip_message *response);
/* 9.1; `lines`: whole header lines, or empty. */
struct slice request_cancel(struct arena *arena, struct slice invite, struct slice lines);
/* The lines of an INVITE that both of them are made of: they are the same whether made of it or of this. */
struct slice request_core(struct arena *arena, struct slice invite);
/* The sent-by of its top Via; the port 0 when none is written. False: none can be read. */
bool request_sent_by(struct slice bytes, struct slice *host, uint16_t *port);
/* The method and the top Via's branch of a request, which may be cut anywhere. False: not both are there. */
bool request_identity(struct slice bytes, struct slice *method, struct slice *branch);

#endif
