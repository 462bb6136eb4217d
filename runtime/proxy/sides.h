/* SPDX-License-Identifier: MIT */
/* What the request of an attempt says of the ways back to either side: Record-Route (RFC 3261 16.6 step 4, RFC 5658),
 * with the flows that lead there (RFC 5626), or Path. */
#ifndef FOV_RUNTIME_PROXY_SIDES_H
#define FOV_RUNTIME_PROXY_SIDES_H

#include "runtime/proxy/edge.h"

struct sides {
    bool recorded;
    struct world_route back; /* the caller's side, when it is named apart from the callee's; else its port is 0 */
    struct flow_place caller, callee;
    bool to_caller, to_callee; /* there is such a flow to be named */
    enum edge_path edge;
};

/* Of a request that leaves by `via`: CAUSE_NONE, or why it cannot. */
enum cause sides_find(struct sides *sides, const struct attempt *attempt, const struct sip_message *request,
                      const struct world_route *via);

#endif
