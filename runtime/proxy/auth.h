/* SPDX-License-Identifier: MIT */
/* Digest authentication (RFC 3261 22, RFC 7616, RFC 8760): who is challenged, whose credentials are good, and as whom
 * he may act then. Whoever guesses learns nothing: a name that nobody has and a wrong password get the same answer
 * after the same work. */
#ifndef FOV_RUNTIME_PROXY_AUTH_H
#define FOV_RUNTIME_PROXY_AUTH_H

#include "runtime/proxy/answer.h"

/* Is a request challenged that nobody has judged so far? `here`: it ends in this server (a REGISTER for its
 * registrar). */
bool auth_wanted(const struct request *request, bool here);
/* Judges the request's credentials. True: they are good, and it goes on; false: it has been answered. `here`: as a
 * server that speaks for itself, with 401; else as a proxy, with 407. */
bool auth_judge(struct request *request, bool here);
/* The realm whose credentials are meant for us and go no further; null when nobody is asked for any, for want of users:
 * then a realm of the same name is somebody else's. */
struct slice auth_realm(const struct proxy *proxy);
/* The user name in the request's credentials, those of our realm first; nobody has verified it. 1, 0: there are none,
 * -ENOMEM. */
int auth_claimed(const struct proxy *proxy, const struct sip_message *message, struct arena *arena, struct slice *user);

#endif
