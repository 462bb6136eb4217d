/* SPDX-License-Identifier: MIT */
/* Route preprocessing (RFC 3261 16.4): what a strict router did to the Request-URI is undone, a
 * maddr that is ours is stripped, the topmost Route is taken off when it names us. Nothing is
 * changed here: the edits are described. And what our own Routes say of flows (RFC 5626 5.3). */
#ifndef FOV_RUNTIME_PROXY_ROUTE_H
#define FOV_RUNTIME_PROXY_ROUTE_H

#include "grammar/arena.h"
#include "runtime/proxy/core.h"

struct route {
    struct slice uri;  /* the Request-URI now; in the message, or in the arena */
    struct slice next; /* URI of the first Route that is left; null: none. In the message */
    uint16_t skip;     /* Route values at the front that do not go on */
    bool drop_last;    /* the last Route value has become the Request-URI */
    bool strict;       /* `next` has no lr: a strict router (16.6 step 6) */
    bool cookie;       /* what named us (Route, or the Request-URI from a strict router) carries the
                          dialog's cookie */
};

/* We record both sides of a dialog (RFC 5658 4.3): the first of our Routes names the one that the request comes from,
 * the last one where it goes. */
struct route_flows {
    struct flow_place from, to; /* family 0: its URI says of none */
    bool forged;                /* one of them has a token that is none of ours */
};

/* 0, -EINVAL (a Route that cannot be read: 400), -ENOMEM. `local`: where the request was received.
 */
int route_read(struct route *route, const struct proxy_settings *settings, const struct hash_key *dialogs,
               const struct sip_message *request, const struct endpoint *local, struct arena *arena);
/* What is in them once they are read. A token counts beside the cookie of the dialog that it was made for, and, in a
 * request outside any, beside the ;ob of a Path. */
void route_read_flows(struct route_flows *flows, const struct proxy *proxy, const struct route *route,
                      const struct sip_message *request);
/* What our own Route, or the Request-URI from a strict router, says of the other side (IDENTITY_PARAM); null: nothing.
 * In the message. */
struct slice route_identity(const struct sip_message *request, const struct hash_key *dialogs);

#endif
