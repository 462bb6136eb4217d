/* SPDX-License-Identifier: MIT */
/* What a plan decided, as the list of targets that a call will try (language.md 4, 5). */
#ifndef FOV_RUNTIME_PROXY_DESTINATION_H
#define FOV_RUNTIME_PROXY_DESTINATION_H

#include "runtime/proxy/answer.h"

/* Does the plan say where the request goes? */
bool destination_given(const struct request *request);
/* Is it this server, by its next hop? `user`: a user of it. */
bool destination_is_ours(const struct request *request, bool *user);
/* Is the request for our registrar? */
bool destination_is_registrar(const struct request *request);
/* It ends here, and does not go through us. */
bool destination_is_server(const struct request *request);
/* The plan's targets in order, in the scratch arena. NULL: out of memory. */
struct target *destination_targets(struct request *request);
/* The one target of a request that follows its Route, or its Request-URI, or the flow that these name. Its way is in
 * the request. */
struct target destination_of_route(const struct request *request);
/* Finds that flow: -ENOMEM. The token of a peer that has moved (nat.h) is taken off the Request-URI then. */
int destination_flow(struct request *request);

#endif
