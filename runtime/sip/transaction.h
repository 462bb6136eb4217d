/* SPDX-License-Identifier: MIT */
/* Transactions: RFC 3261 17 with RFC 6026 (Accepted, timers L and M) and RFC 4320. The layer keeps state machines,
 * retransmissions and timers; what a request or response means is its user's business. O(1) look-up in keyed tables.
 * Pure: bytes leave through `send`, time comes in as `now` (monotonic milliseconds).
 *
 * Ownership: a transaction belongs to the layer and is freed by it when it ends; just before, `ended` tells the user to
 * forget the pointer. `user` is the user's own.
 */
#ifndef FOV_RUNTIME_SIP_TRANSACTION_H
#define FOV_RUNTIME_SIP_TRANSACTION_H

#include "grammar/hash.h"
#include "runtime/sip/address.h"
#include "runtime/sip/reply.h"
#include "runtime/sip/scan.h"
#include "runtime/sip/timers.h"

struct transactions;
struct server_transaction;
struct client_transaction;

struct transaction_settings {
    uint32_t t1, t2, t4; /* milliseconds: 500, 4000, 5000 */
};

struct transaction_events {
    /* A response to a client transaction: every provisional (100 too), the first final, and every 2xx to an INVITE
     * (also repeated ones while Accepted). Repeated 300-699 were already acknowledged again and are not told. */
    void (*response)(struct client_transaction *client, const struct sip_message *message,
                     const struct endpoint *source, uint64_t now);
    /* Timer B or F: no final in time. The transaction has ended for a non-INVITE; an INVITE waits for
     * client_give_up() and stays. */
    void (*timeout)(struct client_transaction *client, uint64_t now);
    /* The request could not be sent, or ICMP says so, before any response. */
    void (*failed)(struct client_transaction *client, enum cause cause, uint64_t now);
    /* A server INVITE transaction whose final was never acknowledged (Timer H). */
    void (*unacknowledged)(struct server_transaction *server, uint64_t now);
    void (*client_ended)(struct client_transaction *client);
    void (*server_ended)(struct server_transaction *server);
};

struct transactions_world {
    void *context;
    /* Queues a datagram; bytes are copied. Failures come back as transactions_unreachable. */
    void (*send)(void *context, const struct endpoint *local, const struct endpoint *remote, struct slice bytes);
};

struct transactions *transactions_new(const struct transaction_settings *settings, const struct hash_key *key,
                                      struct timers *timers, const struct transactions_world *world,
                                      const struct transaction_events *events);
void transactions_free(struct transactions *transactions); /* ends everything, telling nobody */
unsigned transactions_count(const struct transactions *transactions);

/* --- server side ------------------------------------------------------------------------------------------ */

/* The transaction that `request` belongs to (17.2.3, RFC 2543 rules without the magic cookie): itself, the INVITE's for an
 * ACK. NULL: none. */
struct server_transaction *server_find(struct transactions *transactions, const struct sip_message *request);
/* The INVITE (or other request) that a CANCEL names (9.2). */
struct server_transaction *server_find_cancelled(struct transactions *transactions, const struct sip_message *cancel);
/* A retransmission or an ACK arrived: the machine answers or absorbs. */
void server_receive(struct server_transaction *server, const struct sip_message *request, uint64_t now);

/* NULL: out of memory. `local` is the endpoint the request came to: responses leave from there. */
struct server_transaction *server_new(struct transactions *transactions, const struct sip_message *request,
                                      const struct endpoint *source, const struct endpoint *local, uint64_t now);
void server_set_user(struct server_transaction *server, void *user);
void *server_user(const struct server_transaction *server);
/* Sends a response (whole bytes) and drives the machine; the bytes are copied. A 2xx to an INVITE may come again. */
int server_respond(struct server_transaction *server, unsigned status, struct slice bytes, uint64_t now);
bool server_is_invite(const struct server_transaction *server);
unsigned server_status(const struct server_transaction *server); /* last sent, 0 for none */
/* Absorb what still comes but never answer (a plan's drop): ends like Completed does. */
void server_silence(struct server_transaction *server, uint64_t now);

/* --- client side ------------------------------------------------------------------------------------------ */

enum { BRANCH_MAX = 64 };

struct client_request {
    struct slice bytes;         /* the whole request; copied */
    struct slice branch;        /* its top Via's branch: unique, unguessable */
    enum method method;
    struct slice method_name;
    struct endpoint local, remote;
    uint32_t timeout;           /* INVITE: Timer B in ms; 0 = 64*T1 */
    void *user;
};

/* Sends the request. NULL: out of memory. */
struct client_transaction *client_new(struct transactions *transactions, const struct client_request *request,
                                      uint64_t now);
void *client_user(const struct client_transaction *client);
void client_set_user(struct client_transaction *client, void *user);
struct slice client_branch(const struct client_transaction *client);
struct slice client_bytes(const struct client_transaction *client); /* the request as sent */
const struct endpoint *client_remote(const struct client_transaction *client);
const struct endpoint *client_local(const struct client_transaction *client);
bool client_provisional(const struct client_transaction *client); /* a 1xx came */
/* INVITE: no longer repeated; the transaction stays so that late responses are recognised and acknowledged: until 64*T1
 * after its first send, or, when a 1xx had come, 64*T1 from now. */
void client_give_up(struct client_transaction *client, uint64_t now);
/* Sends a CANCEL for an INVITE (9.1) in a transaction of its own; `headers`: whole lines (Reason) or empty. Once only. The
 * caller sees to it that a 1xx has come. */
int client_cancel(struct client_transaction *client, struct slice headers, uint64_t now);

/* A response arrived. False: it belongs to no transaction. */
bool transactions_response(struct transactions *transactions, const struct sip_message *response,
                           const struct endpoint *source, uint64_t now);
/* The network says that a datagram could not be delivered. `quoted`: the bytes of ours that the ICMP message quotes,
 * or that could not be sent; the branch in them names the attempt. False: none of ours that still waits. */
bool transactions_unreachable(struct transactions *transactions, const struct endpoint *remote, struct slice quoted,
                              enum cause cause, uint64_t now);

#endif
