/* SPDX-License-Identifier: MIT */
/* Who a certificate says its owner is: RFC 5922 7. Pure: the names of a certificate in, a verdict out; where they come
 * from, and whether the certificate itself is to be believed, is tls.h. */
#ifndef FOV_RUNTIME_NET_IDENTITY_H
#define FOV_RUNTIME_NET_IDENTITY_H

#include "grammar/slice.h"

enum identity_kind { IDENTITY_OTHER, IDENTITY_URI, IDENTITY_DNS, IDENTITY_ADDRESS };

/* One entry of subjectAltName: a text, or the 4 or 16 bytes of an address. */
struct identity {
    enum identity_kind kind;
    struct slice value;
};

/* Is one of them `host`, which is a name, with or without the root's dot, or a numeric address? RFC 5922 7.2. */
bool identity_proves(const struct identity *list, unsigned count, struct slice host);
/* Writes the SIP domains of a certificate, separated by commas, as far as there is room, or that there are none. */
void identity_tell(const struct identity *list, unsigned count, char *text, size_t size);

#endif
