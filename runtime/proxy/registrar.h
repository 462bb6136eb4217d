/* SPDX-License-Identifier: MIT */
/* The registrar (RFC 3261 10.3): a REGISTER changes the contacts of a user, all that it asks for or nothing. The answer
 * leaves when the store has the change. */
#ifndef FOV_RUNTIME_PROXY_REGISTRAR_H
#define FOV_RUNTIME_PROXY_REGISTRAR_H

#include "runtime/proxy/answer.h"
#include "runtime/state/location.h"

#define REGISTRAR_EXTENSIONS "path, outbound" /* RFC 3327, RFC 5626 */

int registrar_open(struct proxy *proxy); /* makes proxy->locations: 0, -ENOMEM */
void registrar_close(struct proxy *proxy);

/* A REGISTER for this server, authenticated when it has to be. */
void registrar_answer(struct request *request);
/* A row of the store: a contact, or one that is gone. */
void registrar_load(struct proxy *proxy, const struct store_binding *row, bool gone);

#endif
