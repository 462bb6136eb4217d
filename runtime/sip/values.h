/* SPDX-License-Identifier: MIT */
/* Values of headers, read when somebody asks. values.c is the only file that knows libosip2: it takes the parameters of
 * a value apart, behind the scanner's bounds, on a copy without NUL, in an arena; whether a URI is one is judged by
 * uri.h, and URIs stay slices of the message, for libosip2 rewrites what it prints. */
#ifndef FOV_RUNTIME_SIP_VALUES_H
#define FOV_RUNTIME_SIP_VALUES_H

#include "grammar/arena.h"
#include "runtime/sip/scan.h"
#include "runtime/sip/uri.h"

/* A header's value without folding: every line end with the blanks around it is one blank; trimmed. The value itself
 * when it is not folded; the null slice when out of memory. */
struct slice values_unfold(struct arena *arena, struct slice raw);

enum { CONTACTS_MAX = 64 }; /* of one message; what stands behind them is not looked at */

struct contact { /* its texts are in the arena or in the message */
    struct sip_uri uri;
    unsigned q;      /* thousandths; without a q, or with a bad one: 1000 */
    int64_t expires; /* seconds, EXPIRES_NONE, EXPIRES_MALFORMED */
    /* RFC 5626 11.1: which flow of which client. Null and 0: it does not say, or what it says is malformed. */
    struct slice instance; /* "urn:uuid:..." */
    uint32_t reg_id;
};

enum { EXPIRES_NONE = -1, EXPIRES_MALFORMED = -2 };

/* The Contacts of a message in the order of their q, highest first, those of the same q as they came. Values that are
 * no address (also "*") or whose URI is malformed are left out. Returns how many, or -ENOMEM. */
int values_contacts(struct arena *arena, const struct sip_message *message, struct contact contacts[CONTACTS_MAX]);
/* The Contacts of a REGISTER as they came (10.3). `*all`: it is "*" alone, and none is returned. How many; -EINVAL: one
 * that values_contacts() would leave out, or a line without any; -E2BIG: more than CONTACTS_MAX; -ENOMEM. */
int values_registered(struct arena *arena, const struct sip_message *message, struct contact contacts[CONTACTS_MAX],
                      bool *all);
/* What the header Expires says: seconds, EXPIRES_NONE, EXPIRES_MALFORMED. */
int64_t values_expires(const struct sip_message *message);

/* The parameters of digest credentials (RFC 3261 25.1, RFC 7616 3.4) that somebody here asks for. Without quotes, with
 * escapes undone, in the arena; null: absent or empty. */
struct credentials {
    struct slice username, realm, nonce, uri, response;
    struct slice algorithm, cnonce, qop, nc;
};

/* The value of an Authorization or Proxy-Authorization line. 0, -ENOMEM, -EINVAL: these are no digest credentials, or a
 * parameter is repeated, or lacks its quotes. */
int values_credentials(struct arena *arena, struct slice raw, struct credentials *credentials);

#endif
