/* SPDX-License-Identifier: MIT */
/* ACKs to a 2xx whose next hop is a name that is being searched for. They have no transaction that could keep them; so
 * they wait here, as they came, and go through the same checks again when the name is known. */
#ifndef FOV_RUNTIME_PROXY_HELD_H
#define FOV_RUNTIME_PROXY_HELD_H

#include "runtime/proxy/answer.h"
#include "runtime/proxy/search.h"

struct held_place {
    struct endpoint remote; /* the first of the name's */
    enum cause cause;       /* or why there is none */
};

/* The first of the name's places, when it is known at once: CAUSE_NONE. When not, `*waits`: the request will come
 * again, with request->held; for now nothing more is to be done. Another cause: there is no place for it. */
enum cause held_search(struct request *request, const struct locate_request *name, struct endpoint *remote,
                       bool *waits);
void held_free_all(struct proxy *proxy);

#endif
