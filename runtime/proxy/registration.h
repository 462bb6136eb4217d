/* SPDX-License-Identifier: MIT */
/* What a REGISTER asks for (RFC 3261 10.3 steps 5 to 7, RFC 3327 5.3): read and judged by itself. What it means for the
 * contacts that are there is registrar.h's business. */
#ifndef FOV_RUNTIME_PROXY_REGISTRATION_H
#define FOV_RUNTIME_PROXY_REGISTRATION_H

#include "runtime/proxy/answer.h"

struct registration {
    struct slice user; /* of the address-of-record, as a key */
    bool all;          /* Contact: *, all of them are to go */
    unsigned count;
    struct store_binding *rows; /* in the scratch arena; `expires` 0: is to go. No two have equal contacts. */
    struct slice path;
    bool outbound; /* the contact is a flow of its client (RFC 5626 6) */
};

struct refusal {
    unsigned code; /* 0: none */
    const char *reason;
};

struct refusal registration_read(struct registration *registration, const struct request *request);

#endif
