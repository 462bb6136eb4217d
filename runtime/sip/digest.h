/* SPDX-License-Identifier: MIT */
/* The arithmetic of digest authentication: RFC 7616 3.4 as SIP uses it (RFC 3261 22.4, RFC 8760), with MD5 and SHA-256.
 * It knows neither headers nor users. Everything is hexadecimal, lower case, and not NUL-terminated. */
#ifndef FOV_RUNTIME_SIP_DIGEST_H
#define FOV_RUNTIME_SIP_DIGEST_H

#include "grammar/slice.h"

enum { DIGEST_SHA1_SIZE = 20 }; /* bytes */

enum digest_algorithm { DIGEST_SHA256, DIGEST_MD5, DIGEST_ALGORITHMS }; /* the strongest first (RFC 8760 2.4) */

enum { DIGEST_TEXT_MAX = 64 }; /* digits of the longest one */

struct digest_text {
    char digits[DIGEST_TEXT_MAX];
};

extern const struct digest_row {
    const char *name;
    unsigned length; /* digits */
} digests[DIGEST_ALGORITHMS];

/* H(user ":" realm ":" password): what the server keeps instead of the password. */
void digest_ha1(enum digest_algorithm algorithm, struct slice user, struct slice realm, struct slice password,
                struct digest_text *ha1);

struct digest_input {
    struct slice method, uri, nonce;
    struct slice nc, cnonce; /* as they came */
    struct slice qop;        /* "auth"; null: RFC 2069's form, without nc and cnonce */
};

/* The response (3.4.1) of one who knows `ha1`. */
void digest_response(enum digest_algorithm algorithm, const struct digest_text *ha1, const struct digest_input *input,
                     struct digest_text *response);

/* SHA-1 of `parts`, one after the other: for handshakes that ask for it (RFC 6455 1.3), never for a secret. */
void digest_sha1(const struct slice *parts, unsigned count, uint8_t out[DIGEST_SHA1_SIZE]);

#endif
