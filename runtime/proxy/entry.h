/* SPDX-License-Identifier: MIT */
/* The entries of a failover sequence: whom a call tries, and what is known of the way there. destination.h makes them
 * of a plan's outcome, contacts.h of registrations, redirect.h of a 3xx; target.h reads where they lead. */
#ifndef FOV_RUNTIME_PROXY_ENTRY_H
#define FOV_RUNTIME_PROXY_ENTRY_H

#include "runtime/proxy/flow.h"

/* How a registered contact, or a peer behind a NAT, is reached. */
struct way {
    const struct target *entry; /* the first of several contacts of one entry; NULL: it stands alone */
    struct slice path;          /* values for Route (RFC 3327); null: none */
    struct flow_place flow;     /* none: as the hop says, as the world routes */
    uint64_t connection;        /* that it registered on; 0: none, or it is no registered contact */
    uint32_t instance;          /* stands for the client that it is a flow of (RFC 5626); 0: it says nothing of that */
    bool nat;                   /* its own Contact does not lead to it */
    bool secure;                /* never in clear: the entry was a sips: URI */
};

/* An entry of the sequence. */
struct target {
    struct target *next;
    struct slice uri;      /* Request-URI; null: stays */
    struct slice hop;      /* what decides the next hop: URI, host, host:port */
    struct slice to;       /* value of To without tag; null: stays */
    const struct way *way; /* NULL: the hop says it all */
    bool to_is_uri;        /* `to` is a bare URI */
    bool by_route;         /* the hop is the first Route that is left */
    bool redirected;       /* it came from the Contact of a 3xx */
    bool udp;              /* a name that says no transport means UDP: an alternate's (language.md 4) */
    bool not_here;         /* its name may not lead to a loopback address: who gave it is somewhere else */
    uint8_t missing;       /* enum cause: why it is not to be tried; CAUSE_NONE */
    uint8_t transport;     /* enum transport, TRANSPORT_NONE: the hop's own */
};

#endif
