/* SPDX-License-Identifier: MIT */
/* The bytes of a request that is sent on (RFC 3261 16.6): what came in, byte for byte, but for the
 * edits that a proxy must make and those that the plan asks for. */
#ifndef FOV_RUNTIME_PROXY_FORWARD_H
#define FOV_RUNTIME_PROXY_FORWARD_H

#include "runtime/plan/outcome.h"
#include "runtime/proxy/edge.h"

/* Bytes of a request whose way has an unknown MTU (RFC 3261 18.1.1). */
enum { FORWARD_DATAGRAM_MAX = 1300 };

struct forward {
    const struct sip_message *request;
    const struct endpoint *source; /* where it came from: received and rport of its top Via */
    const struct route *route;
    bool by_route;                    /* the next hop is route->next, else somebody decided on another one */
    struct slice uri;                 /* Request-URI; what may not stand in one (19.1.1) is left out */
    struct slice to;                  /* value of To without tag; null: stays as it came */
    bool to_is_uri;                   /* `to` is a bare URI and goes into <> */
    const struct outcome_header *set; /* the plan's headers */
    const struct world_route *via;
    enum transport transport;
    const struct ip_address *remote; /* where it goes, */
    struct slice name;               /* and who is there (way.h); null: anybody */
    struct slice branch;
    bool record_route;
    const struct world_route *back;                 /* the caller's side, when Record-Route has one of its own; NULL */
    const struct flow_place *to_callee, *to_caller; /* what the two sides say of flows; NULL: nothing */
    struct slice path; /* values that go before what is left of Route (RFC 3327 5.4); null: none */
    bool contact;      /* Contact leads to `to_caller`, too (nat.h) */
    enum edge_path edge;
    const struct hash_key *dialogs;
    const struct flow_key *flows;
    struct slice realm; /* credentials for it stay here (22.3); null: all go on */
    unsigned breadth;   /* Max-Breadth; 0: as it came (an ACK) */
};

/* In `arena`; the null slice: -ENOMEM, or -E2BIG for a request with more edits, or longer, than a
 * message may be. */
struct slice forward_build(struct arena *arena, const struct forward *forward, int *error);

/* A URI as it may stand in a Request-URI: without ?headers and ;method (16.6 step 2; 19.1.1, table
 * 1). The null slice: out of memory. */
struct slice forward_clean_uri(struct arena *arena, struct slice text);

#endif
