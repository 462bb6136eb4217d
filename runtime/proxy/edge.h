/* SPDX-License-Identifier: MIT */
/* The server as a proxy at the edge of somebody else's domain: what it adds to a REGISTER that it sends on, so that
 * calls for who registers come back by the flow that he keeps open (RFC 5626 5.1, RFC 3327 5.2). */
#ifndef FOV_RUNTIME_PROXY_EDGE_H
#define FOV_RUNTIME_PROXY_EDGE_H

#include "runtime/proxy/way.h"
#include "runtime/sip/values.h"

/* Does a header of option tags have this one? */
bool edge_lists(const struct sip_message *message, enum header header, struct slice tag);
/* Does a contact say which flow of which client it is (RFC 5626 6)? */
bool edge_is_flow(const struct contact *contact);
/* And does its REGISTER mean that? */
bool edge_asks_outbound(const struct sip_message *message);

enum edge_path {
    EDGE_NONE, /* its contacts lead to the client, or it does not list `path` (RFC 3327 5.2), or is not next to us */
    EDGE_PATH, /* a Path value of ours */
    EDGE_REQUIRED, /* the same, and `Require: path`: by any other way the contacts would lead to nobody */
    EDGE_LACKING,  /* so they would, but the client does not list `path`: 421 */
    EDGE_NO_MEMORY,
};

/* What becomes of a REGISTER that is sent on; `supported`: what the plan sets of that header, null: nothing. `flow`:
 * what the Path has to say. */
enum edge_path edge_path(struct proxy *proxy, const struct way_sender *sender, const struct sip_message *request,
                         struct slice supported, struct flow_place *flow);

#endif
