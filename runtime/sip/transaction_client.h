/* SPDX-License-Identifier: MIT */
/* Client transactions (RFC 3261 17.1 with RFC 6026 7.2): requests that were sent, and what is still to be done about
 * each. They belong to a set of transactions (transaction.h), which tells what becomes of them. */
#ifndef FOV_RUNTIME_SIP_TRANSACTION_CLIENT_H
#define FOV_RUNTIME_SIP_TRANSACTION_CLIENT_H

#include "runtime/sip/transaction.h"

enum { BRANCH_MAX = 64 };

struct client_request {
    struct slice bytes;  /* the whole request; copied */
    struct slice branch; /* its top Via's branch: unique, unguessable */
    enum method method;
    struct slice method_name;
    struct sip_flow flow;
    uint32_t timeout; /* INVITE: Timer B in ms; 0 = 64*T1 */
    void *user;
};

/* Sends the request, any but ACK. NULL: out of memory, here or for its connection. */
struct client_transaction *client_new(struct transactions *transactions, const struct client_request *request,
                                      uint64_t now);
void *client_user(const struct client_transaction *client);
struct slice client_branch(const struct client_transaction *client);
uint64_t client_connection(const struct client_transaction *client); /* that it went on; 0: in a datagram */
bool client_provisional(const struct client_transaction *client);    /* a 1xx came */
/* INVITE: no longer repeated; the transaction stays so that late responses are told and acknowledged: until 64*T1 after
 * its first send, or, when a 1xx had come, 64*T1 from now. One that still waits for its connection is taken back, and
 * ends with the next run of the timers. Nothing after a final, or when it was given up before. */
void client_give_up(struct client_transaction *client, uint64_t now);
/* Sends a CANCEL for an INVITE (9.1) in a transaction of its own, which no event tells of, and gives the INVITE up: it
 * stays for 64*T1 from now. `lines`: whole header lines (Reason) or empty. The caller sees to it that a 1xx has come.
 * 0; -EALREADY: was cancelled before, or a final has come; -ENOMEM: not sent. */
int client_cancel(struct client_transaction *client, struct slice lines, uint64_t now);

#endif
