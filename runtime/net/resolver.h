/* SPDX-License-Identifier: MIT */
/* Questions to name servers, on the server's loop: those of a file like /etc/resolv.conf, which is followed when it
 * changes, or others. What /etc/hosts says about a name is its answer, and no name server is asked. */
#ifndef FOV_RUNTIME_NET_RESOLVER_H
#define FOV_RUNTIME_NET_RESOLVER_H

#include "runtime/net/channel.h"

enum {
    RESOLVER_SILENCE = 4500, /* ms after which a question counts as unanswered */
    RESOLVER_HOSTS_TTL = 60, /* seconds that a look into /etc/hosts is good for */
    RESOLVER_LOOK = 1000,    /* ms from one look at the servers' file to the next, while questions come */
};

struct resolver;

struct resolver_events {
    void *context;
    /* During resolver_deliver(). Valid during the call, which may ask again. */
    void (*answered)(void *context, uint32_t id, const struct dns_answer *answer);
    /* The loop has brought something: it is time for resolver_deliver(). */
    void (*woken)(void *context);
    /* The file has changed, and these are asked from now on. During resolver_deliver(), too. */
    void (*changed)(void *context, const struct endpoint *servers, unsigned count);
};

/* `servers`: its texts and lists must outlive the resolver. 0, -ENOMEM, -EIO. */
int resolver_open(struct resolver **resolver, struct loop *loop, const struct channel_servers *servers,
                  const struct resolver_events *events);
void resolver_close(struct resolver *resolver); /* not from within its events */
/* False: out of memory, it is not asked. A name without a dot is also looked for in the domains to search that the file
 * names. */
bool resolver_ask(struct resolver *resolver, uint32_t id, struct slice name, enum dns_type type);
/* Tells of what was answered, or was not in time. True: there was something. */
bool resolver_deliver(struct resolver *resolver);
/* When resolver_deliver() is wanted at the latest (monotonic ms); UINT64_MAX: nothing is on its way. */
uint64_t resolver_due(const struct resolver *resolver);

#endif
