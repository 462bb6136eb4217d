/* SPDX-License-Identifier: MIT */
/* Peers whose Contact does not lead to them: how they are told, and what is done when one has moved. The Route of a
 * dialog never changes, and so cannot tell of a new flow; a Contact can (RFC 3261 12.2). That of a peer that has moved
 * gets the token of its flow as a parameter,
 *
 *      Contact: <sip:bob@10.0.0.7:5060;fov-flow=TOKEN>
 *
 * and requests of the dialog come back with it in their Request-URI. */
#ifndef FOV_RUNTIME_PROXY_NAT_H
#define FOV_RUNTIME_PROXY_NAT_H

#include "runtime/sip/address.h"
#include "runtime/sip/edit.h"
#include "runtime/sip/uri.h"

#define FLOW_PARAM "fov-flow"

/* Did the request come straight from a peer whose Via names the address that it came from? */
bool nat_shows(const struct sip_message *request, const struct endpoint *source);
/* Did it come straight from one whose Via names another address than that? A host name says nothing. */
bool nat_hides(const struct sip_message *request, const struct endpoint *source);
/* Or, with rport, another port (RFC 3581)? Over a stream it always is one. */
bool nat_suspected(const struct sip_message *request, const struct endpoint *source);
/* Does the Contact of who sent the request ask for the dialog's requests to come back the way that it took, ;ob (RFC
 * 5626 4.3)? */
bool nat_asked(const struct sip_message *request);
/* The one Contact of a message gets the token as parameter, instead of any that stands there. Nothing else of it
 * changes; without one Contact that is a SIP URI nothing does. 0, -ENOMEM. */
int nat_mark(struct edit *edit, struct arena *arena, struct slice token);
/* The token in a Request-URI; null: none. */
struct slice nat_token(const struct sip_uri *uri);
/* The URI without the parameter; the null slice: out of memory. */
struct slice nat_without(struct arena *arena, const struct sip_uri *uri);

#endif
