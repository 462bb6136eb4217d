/* SPDX-License-Identifier: MIT */
/* The in-dialog cookie: a keyed hash over the Call-ID that stands in our Record-Route URI. Only who
 * was in a dialog that we record-routed can name it, so that nobody relays through us by adding a
 * To tag. */
#ifndef FOV_RUNTIME_PROXY_DIALOG_H
#define FOV_RUNTIME_PROXY_DIALOG_H

#include "grammar/hash.h"
#include "grammar/protocol.h"
#include "runtime/sip/uri.h"

enum { COOKIE_LENGTH = 16 }; /* hexadecimal digits of 64 bits */

#define COOKIE_PARAM "fov" /* ;fov=0123456789abcdef */

/* Over TLS a request must find who it is meant for, and a Contact seldom says more than an address: the name that the
 * address has proved to be when the dialog began stands beside the cookie, so that the same is asked of it later.
 * ;fov-tls=sip.example~192.0.2.1 */
#define IDENTITY_PARAM "fov-tls"

/* Is it recorded? RFC 3261 16.6 (4): the SHOULD for requests within a dialog is kept too, so that an endpoint that lost
 * its memory finds the path again; RFC 6665 4.3: every NOTIFY. */
bool dialog_recorded(enum method method);
/* `cookie` gets COOKIE_LENGTH digits, no NUL. */
void dialog_cookie(const struct hash_key *key, struct slice call_id, char cookie[COOKIE_LENGTH]);
/* Do these URI parameters carry the cookie of that Call-ID? Takes the same time wherever they
 * differ. */
bool dialog_named(const struct hash_key *key, struct slice call_id, struct slice params);

#endif
