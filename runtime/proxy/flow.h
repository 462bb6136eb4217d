/* SPDX-License-Identifier: MIT */
/* Flows (RFC 5626): the way between us and a peer, as a token that only we can have written (5.2). It is the user part
 * of our URI in Record-Route and Path, where a request comes back with it, or a parameter of a Contact (nat.h):
 *
 *      | MAC, 10 bytes | form, 1 | remote address, port | local address, port | scope, 0 or 4 |
 *
 * in base64url: 31 characters for IPv4, 63 for IPv6. form: transport (bits 0 to 2), IPv6 (3), of a link-local address
 * (4), enum flow_loss (5 and 6). Numbers are big-endian. The MAC holds for one dialog, or for the Path of a
 * registration, and for nothing else; its key outlives a restart, and so do tokens. */
#ifndef FOV_RUNTIME_PROXY_FLOW_H
#define FOV_RUNTIME_PROXY_FLOW_H

#include "grammar/base64.h"
#include "grammar/hash.h"
#include "runtime/sip/address.h"

/* What is to be done when its connection is gone. Datagrams have none. */
enum flow_loss {
    FLOW_REOPENED, /* open it again, for it was we who opened it */
    FLOW_LEFT,     /* the peer opened it, and may be reached by its own words */
    FLOW_BOUND,    /* nothing: nobody but the peer can open it (RFC 5626 5.3.1: 430) */
};

struct flow_place {
    struct endpoint remote, local; /* of one family and transport; family 0: there is no flow */
    uint8_t loss;                  /* enum flow_loss */
};

struct flow_key {
    uint8_t bytes[HASH_MAC_SIZE];
};

enum {
    FLOW_MAC = 10, /* bytes: 80 bits, as in 5.2 */
    FLOW_BYTES_MAX = FLOW_MAC + 1 + 2 * (16 + 2) + 4,
    FLOW_TOKEN_MAX = BASE64URL_LENGTH(FLOW_BYTES_MAX)
};

/* The key of tokens is made of one that is kept, for this purpose alone. */
void flow_key_init(struct flow_key *key, const struct hash_key *secret);
/* The token of a flow, in `text`; `call_id`: of the dialog that it is for, empty for a Path. */
struct slice flow_token(const struct flow_place *flow, const struct flow_key *key, struct slice call_id,
                        char text[FLOW_TOKEN_MAX]);
/* False: it is no token of ours for that dialog, byte for byte, or its remote end is nobody's place. */
bool flow_read(struct flow_place *flow, const struct flow_key *key, struct slice call_id, struct slice token);

/* A browser's: who is there has opened the connection, and no other leads there (RFC 7118 5.2). */
static inline bool flow_is_browsers(const struct endpoint *remote, bool accepted) {
    return accepted && endpoint_is_web(remote);
}

static inline bool flow_is(const struct flow_place *flow) {
    return flow->remote.ip.family != 0;
}

#endif
