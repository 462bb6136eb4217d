/* SPDX-License-Identifier: MIT */
/* Transactions: RFC 3261 17 with RFC 6026 (Accepted, timers L and M) and RFC 4320. The layer keeps state machines,
 * retransmissions and timers; what a request or response means is its user's business. O(1) look-up in keyed tables.
 * Pure: bytes leave through `send`, time comes in as `now` (monotonic milliseconds).
 *
 * Ownership: a transaction belongs to the layer, which frees it when it ends; just before, `ended` tells the user to
 * forget the pointer. That happens in timers_run() alone, never inside a function here or in transaction_client.h,
 * so that events may call any of them but transactions_free, for the transaction they tell of too. `user` is the user's
 * own.
 */
#ifndef FOV_RUNTIME_SIP_TRANSACTION_H
#define FOV_RUNTIME_SIP_TRANSACTION_H

#include "grammar/causes.h"
#include "grammar/hash.h"
#include "runtime/sip/address.h"
#include "runtime/sip/reply.h"
#include "runtime/sip/scan.h"
#include "runtime/sip/timers.h"

struct transactions;
struct server_transaction;
struct client_transaction;
struct client_request;

struct transaction_settings {
    uint32_t t1, t2, t4; /* milliseconds: 500, 4000, 5000 */
};

struct transaction_events {
    /* A response to a client transaction: every provisional (100 too), the first final, and every 2xx to an INVITE
     * (also repeated ones while Accepted). Repeated 300-699 were already acknowledged again and are not told. */
    void (*response)(struct client_transaction *client, const struct sip_message *message,
                     const struct endpoint *source, uint64_t now);
    /* Timer F: no final in time, it ends. Timer B: no response in time, it is given up (client_give_up). */
    void (*timeout)(struct client_transaction *client, uint64_t now);
    /* Its connection was lost, or not there in time, before any response: is there another way for the request, of the
     * same branch? Then it is written to `request` (bytes and flow), and goes on that way. False: it has failed. */
    bool (*reroute)(struct client_transaction *client, enum cause cause, struct client_request *request);
    /* The request could not be sent, or ICMP says so, before any response. An INVITE is given up, as others may have
     * arrived of what was sent; any other transaction ends with the next run of the timers. */
    void (*failed)(struct client_transaction *client, enum cause cause, uint64_t now);
    /* A server INVITE transaction whose final was never acknowledged (Timer H). */
    void (*unacknowledged)(struct server_transaction *server, uint64_t now);
    void (*client_ended)(struct client_transaction *client);
    void (*server_ended)(struct server_transaction *server);
};

struct transactions_world {
    void *context;
    /* Queues a message; bytes are copied. The connection that it takes, 0: a datagram, or no memory for a connection.
     * Failures come back as transactions_unreachable and transactions_lost. */
    uint64_t (*send)(void *context, const struct sip_flow *flow, struct slice bytes);
    /* Takes back a message that still waits for `connection` to be open. False: none of these bytes does. Not asked for
     * datagrams. */
    bool (*withdraw)(void *context, uint64_t connection, struct slice bytes);
};

/* All events are there. What the pointers point to is copied, but for `timers`. NULL: out of memory. */
struct transactions *transactions_new(const struct transaction_settings *settings, const struct hash_key *key,
                                      struct timers *timers, const struct transactions_world *world,
                                      const struct transaction_events *events);
void transactions_free(struct transactions *transactions); /* ends everything, telling nobody */
unsigned transactions_count(const struct transactions *transactions);
/* Those that a peer still waits for: servers without a final, or with one that waits for its ACK; clients without a
 * final (CANCELs, too), but for INVITEs given up before any response. The others absorb what is repeated. O(1). */
unsigned transactions_pending(const struct transactions *transactions);
/* Requests that are being worked on: servers without a final. O(1). */
unsigned transactions_unanswered(const struct transactions *transactions);

/* Server side. */

/* The transaction that `request` belongs to (17.2.3, RFC 2543 rules without the magic cookie): itself, the INVITE's for
 * an ACK. NULL: none, or an ACK to a 2xx, which is a request of its own (RFC 6026 7.1). */
struct server_transaction *server_find(struct transactions *transactions, const struct sip_message *request);
/* The INVITE (or other request of a method in methods.def) that a CANCEL names (9.2). */
struct server_transaction *server_find_cancelled(struct transactions *transactions, const struct sip_message *cancel);
/* A retransmission or an ACK arrived: the machine answers or absorbs. */
void server_receive(struct server_transaction *server, const struct sip_message *request, uint64_t now);

/* NULL: out of memory, or it is there already. `flow` is the way that responses take: reply_flow(). Not for ACK. */
struct server_transaction *server_new(struct transactions *transactions, const struct sip_message *request,
                                      const struct sip_flow *flow, uint64_t now);
void server_set_user(struct server_transaction *server, void *user);
void *server_user(const struct server_transaction *server);
/* Sends a response (whole bytes) and drives the machine; the bytes are copied. A 2xx to an INVITE may come again, and
 * also after another final: then it is sent and changes nothing. A transaction that gets no final here, and is not
 * silenced, never ends. 0; -EINVAL: not after what was said before, nothing is sent; -ENOMEM: sent, but cannot be
 * repeated. */
int server_respond(struct server_transaction *server, unsigned status, struct slice bytes, uint64_t now);
/* Absorb what still comes but never answer (a plan's drop): ends like Completed does. Nothing after a final. */
void server_silence(struct server_transaction *server, uint64_t now);

/* Client side: transaction_client.h. */

/* A response arrived. False: it belongs to no transaction. */
bool transactions_response(struct transactions *transactions, const struct sip_message *response,
                           const struct endpoint *source, uint64_t now);
/* The network says that a datagram could not be delivered, or the connection that a message waited for was not there in
 * time. `quoted`: the bytes of ours that the ICMP message quotes, or that could not be sent; the branch in them names
 * the attempt, which fails or takes another way. False: no request of ours that waits for its first response: nothing
 * was told (a CANCEL, an ACK or a response that got lost is repeated, or asked for again). */
bool transactions_unreachable(struct transactions *transactions, const struct endpoint *remote, struct slice quoted,
                              enum cause cause, uint64_t now);
/* A connection is no more, or could not be made: the requests on it that have got no response yet have failed, or take
 * another way. The others go on: what they still wait for may come on a new one (18.2.2). How many of those there
 * are. */
unsigned transactions_lost(struct transactions *transactions, uint64_t connection, enum cause cause, uint64_t now);

#endif
