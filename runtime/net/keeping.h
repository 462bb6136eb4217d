/* SPDX-License-Identifier: MIT */
/* Ties the store to the proxy: opens it, loads what it has, hands rows over, and says in the log what there is and what
 * is wrong. Without a place for a store there is none: everything is in memory. */
#ifndef FOV_RUNTIME_NET_KEEPING_H
#define FOV_RUNTIME_NET_KEEPING_H

#include "runtime/net/loop.h"
#include "runtime/net/store.h"
#include "runtime/proxy/counters.h"
#include "runtime/proxy/proxy.h"

struct keeping {
    struct store *store; /* NULL: there is none */
    int directory;       /* locked as long as there is one */
    struct store_events events;
    struct log *log;
    struct proxy *proxy;
    loop_event *turn; /* the end of a turn of the loop */
    void *context;
};

/* 0, also when there is no such directory, and none can be made: the log is warned. An error, with the reason in one
 * line: there may be a store in it, and it cannot be used; another server uses it; or no memory. The log must outlive
 * it. */
int keeping_open(struct keeping *keeping, const char *directory, struct log *log, char *reason, size_t size);
/* Loads everything, and says which realm is served; then the store's writer starts, and its reports come through the
 * loop: `turn` is called behind each. Errors as above. */
int keeping_start(struct keeping *keeping, struct proxy *proxy, struct slice realm, struct loop *loop, loop_event *turn,
                  void *context, char *reason, size_t size);
/* The end of a turn. */
void keeping_flush(struct keeping *keeping);
/* Before the proxy goes: writes the rest. */
void keeping_end(struct keeping *keeping);
/* Adds what the store has counted. */
void keeping_count(const struct keeping *keeping, struct counters *counters);
void keeping_close(struct keeping *keeping);

#endif
