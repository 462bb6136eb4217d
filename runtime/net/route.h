/* SPDX-License-Identifier: MIT */
/* Which listener and which local address a request towards a peer leaves from: what the kernel
 * would use, asked with a connected socket that sends nothing, and remembered for some seconds. */
#ifndef FOV_RUNTIME_NET_ROUTE_H
#define FOV_RUNTIME_NET_ROUTE_H

#include "runtime/sip/address.h"

enum { ROUTE_CACHE = 256 };

struct route_entry {
    struct ip_address remote, local;
    uint32_t scope;
    uint64_t until; /* monotonic ms; 0: empty */
};

struct routes {
    int probe[2]; /* IPv4, IPv6; -1: this machine has none of the family */
    struct route_entry cache[ROUTE_CACHE];
};

void routes_open(struct routes *routes);
void routes_close(struct routes *routes);
void routes_forget(struct routes *routes); /* the machine's addresses changed */
/* The local address towards `remote`. 0, or CAUSE_UNREACHABLE: there is no way. */
enum cause routes_source(struct routes *routes, const struct endpoint *remote, uint64_t now, struct ip_address *local);
/* Of `listeners`, the one that serves `local` towards `remote`: bound to that address, else a
 * wildcard, else one bound to another address of the same reach (loopback or not). `count` for
 * none. */
unsigned routes_listener(const struct endpoint *listeners, unsigned count, const struct endpoint *remote,
                         const struct ip_address *local);

/* The one that serves the place `wanted`: bound to its address, else a wildcard; at its port, unless that is 0. `count`
 * for none. */
unsigned routes_wanted(const struct endpoint *listeners, unsigned count, const struct endpoint *remote,
                       const struct endpoint *wanted);

#endif
