/* SPDX-License-Identifier: MIT */
/* The way of a request: the place that its datagram goes to, and the listener that it leaves from (RFC 3261 16.6 step
 * 7, RFC 3327 5.4, RFC 5658). */
#ifndef FOV_RUNTIME_PROXY_WAY_H
#define FOV_RUNTIME_PROXY_WAY_H

#include "runtime/proxy/call.h"
#include "runtime/sip/locate.h"

/* The place of a target whose Request-URI is `uri`: CAUSE_NONE, or why there is none. `initial`: what is ours is
 * nobody's place, for it should have been looked up. A target that is a name has many places: then name->host is set,
 * and `remote` is not. */
enum cause way_remote(const struct proxy *proxy, const struct target *target, struct slice uri, bool initial,
                      struct endpoint *remote, struct locate_request *name);
/* One of those places: CAUSE_NONE, or why nothing is sent there. */
enum cause way_place(const struct proxy *proxy, const struct target *target, const struct endpoint *place);
/* Who must be there when the transport is secure: the host of the target's own words, whatever address that led to (RFC
 * 5922 4); of an address that has proved to be somebody in this dialog, that one. Who is asked for a WebSocket, too.
 * Null: nobody is called by a name, or a browser, to which nobody connects. It stands in target or request. */
struct slice way_name(const struct proxy *proxy, const struct target *target, const struct endpoint *remote,
                      const struct sip_message *request);
/* The connection that a peer which is reached by no other has spoken on, and that leads to `remote`; 0: none. */
uint64_t way_connection(const struct proxy *proxy, const struct target *target, const struct endpoint *remote);
/* The listener's place that requests to the target should leave from: the one that a peer behind a NAT has sent to,
 * while there is a listener at it; NULL: any. */
const struct endpoint *way_local(const struct proxy *proxy, const struct target *target, const struct endpoint *remote);
/* How the call's requests to a target at `remote` leave ($ifdst). */
enum cause way_out(const struct call *call, const struct target *target, const struct endpoint *remote,
                   struct world_route *out);
/* Who sent a request, as far as that decides how he is reached. */
struct way_sender {
    const struct endpoint *source, *local;
    bool accepted; /* he has opened the connection that it came on */
    uint8_t nat;   /* enum outcome_choice: $nat; within a dialog, where no plan speaks, unset */
};

/* Does nothing but the flow that the request came on lead to its sender for sure, and is he next to us? Then that is
 * the flow. */
bool way_to_sender(const struct way_sender *sender, const struct sip_message *request, struct flow_place *flow);
/* The same for a target whose requests leave by `out`. */
bool way_to_callee(const struct attempt *attempt, const struct world_route *out, struct flow_place *flow);
/* Has the sender of a request within a dialog another flow than the Route that it came with tells the other side? */
bool way_has_moved(const struct call *call, const struct sip_message *request, const struct flow_place *told);
/* How the caller reaches us, when what Record-Route says to the callee (`out`) is not for him (RFC 5658 4.3), the plan
 * says so ($ifsrc), or `apart`: the two sides are to be told apart; else its port is 0. */
enum cause way_back(const struct call *call, const struct world_route *out, bool apart, struct world_route *back);

#endif
