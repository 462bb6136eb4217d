/* SPDX-License-Identifier: MIT */
/* Peers behind a NAT: their Contact names a place that nobody outside reaches. A call that comes from, or goes to, one
 * of them leaves with a parameter of ours in the URI of that Contact,
 *
 *      Contact: <sip:bob@10.0.0.7:5060;fov-nat=203.0.113.9~40000>
 *
 * so that requests of the dialog come back with it in their Request-URI: they go to that place, without the parameter.
 * Nothing is signed: it is looked at only where a request carries the cookie of its dialog (dialog.h), and who is in
 * the dialog could have written any Contact anyway. */
#ifndef FOV_RUNTIME_PROXY_NAT_H
#define FOV_RUNTIME_PROXY_NAT_H

#include "runtime/sip/edit.h"
#include "runtime/sip/uri.h"
#include "runtime/sip/address.h"

#define NAT_PARAM "fov-nat" /* ;fov-nat=192.0.2.1~5060, ;fov-nat=[2001:db8::1]~5060, ;fov-nat=192.0.2.1~5060~TCP */

/* Did the request come straight from a peer whose Via names another place than it came from: another address, or, with
 * rport, another port (RFC 3581)? A host name says nothing. */
bool nat_suspected(const struct sip_message *request, const struct endpoint *source);
/* Does the Contact of who sent the request ask for the dialog's requests to come back the way that it took, ;ob (RFC
 * 5626 4.3)? */
bool nat_asked(const struct sip_message *request);
/* The one Contact of a message gets the parameter, instead of any that stands there; NULL: it loses it. Nothing else of
 * it changes; without one Contact that is a SIP URI nothing does. 0, -ENOMEM. */
int nat_mark(struct edit *edit, struct arena *arena, const struct endpoint *place);
/* Is there such a parameter in the Contact? */
bool nat_marked(const struct sip_message *message);
/* The place that a Request-URI names; false: none, or one that is no peer's: a group, no address, no port. */
bool nat_place(const struct sip_uri *uri, struct endpoint *place);
/* The URI without the parameter; the null slice: out of memory. */
struct slice nat_without(struct arena *arena, const struct sip_uri *uri);

#endif
