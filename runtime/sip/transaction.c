/* SPDX-License-Identifier: MIT */
#include "runtime/sip/transaction.h"

#include "runtime/sip/transaction_layer.h"

#include <stdlib.h>

struct transactions *transactions_new(const struct transaction_settings *settings, const struct hash_key *key,
                                      struct timers *timers, const struct transactions_world *world,
                                      const struct transaction_events *events) {
    struct transactions *transactions = calloc(1, sizeof *transactions);
    if (!transactions)
        return NULL;
    transactions->settings = *settings;
    transactions->key = *key;
    transactions->timers = timers;
    transactions->world = *world;
    transactions->events = *events;
    if (lookup_init(&transactions->servers) || lookup_init(&transactions->acks) ||
        lookup_init(&transactions->clients) || lookup_init(&transactions->flows)) {
        transactions_free(transactions);
        return NULL;
    }
    return transactions;
}

void transactions_free(struct transactions *transactions) {
    if (!transactions)
        return;
    lookup_free(&transactions->acks, NULL);
    lookup_free(&transactions->flows, NULL);
    lookup_free(&transactions->servers, server_destroy);
    lookup_free(&transactions->clients, client_destroy);
    free(transactions);
}

unsigned transactions_count(const struct transactions *transactions) {
    return transactions->servers.count + transactions->clients.count;
}

unsigned transactions_pending(const struct transactions *transactions) {
    return transactions->pending;
}

unsigned transactions_unanswered(const struct transactions *transactions) {
    return transactions->unanswered;
}
