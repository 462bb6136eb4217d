/* SPDX-License-Identifier: MIT */
/* The search for the places of a host name: RFC 3263 (sip/locate.h), asked of what is known (state/names.h) and of the
 * world, for a request that waits for it. Places that have failed lately come behind their equals. */
#ifndef FOV_RUNTIME_PROXY_SEARCH_H
#define FOV_RUNTIME_PROXY_SEARCH_H

#include "runtime/proxy/core.h"
#include "runtime/sip/locate.h"

/* ms that the first try waits for the rest of what a name leads to, once that is known which it is for */
enum {
    SEARCH_PATIENCE = 50,        /* for addresses of the other family (RFC 8305 3) */
    SEARCH_PATIENCE_HOSTS = 500, /* for those of hosts that would be tried later */
};

struct search;

struct places {
    struct search *search; /* for them, as long as that lasts, for who keeps both in one place; else NULL */
    uint8_t count, next;   /* next: the first that was not tried yet */
    struct endpoint at[];
};

/* Over: the places, which are the owner's now (freed with free()), or why there are none. The search is no more. */
typedef void search_done(void *owner, struct places *places, enum cause cause, uint64_t now);

/* 0, or -ENOMEM. */
int search_open(struct proxy *proxy);
void search_close(struct proxy *proxy);

struct search_asker {
    void *owner;
    search_done *done;
    struct slice call_id; /* requests of one call draw the same weights, and go to the same server (RFC 3263 4.1) */
    bool guest;           /* it was not the plan that named the host: state/names.h */
};

/* CAUSE_NONE: the places are known at once and `*places` is the caller's, or they are not, and `*search` will tell
 * asker->done. */
enum cause search_begin(struct proxy *proxy, const struct locate_request *request, const struct search_asker *asker,
                        struct search **search, struct places **places, uint64_t now);
/* Who has begun it will not wait any longer: for the log. */
void search_late(const struct search *search);
void search_free(struct search *search); /* tells nobody */

#endif
