/* SPDX-License-Identifier: MIT */
#include "runtime/sip/digest.h"

#include "grammar/hash.h"

#include <md5.h>
#include <sha1.h>

const struct digest_row digests[DIGEST_ALGORITHMS] = {
    [DIGEST_SHA256] = {"SHA-256", 2 * HASH_SHA256_SIZE},
    [DIGEST_MD5] = {"MD5", 2 * MD5_DIGEST_LENGTH},
};

_Static_assert(2 * HASH_SHA256_SIZE <= DIGEST_TEXT_MAX && 2 * MD5_DIGEST_LENGTH <= DIGEST_TEXT_MAX, "room for both");

enum { PARTS_MAX = 11 }; /* six texts with a colon between each two */

static void md5(const struct slice *parts, unsigned count, uint8_t out[MD5_DIGEST_LENGTH]) {
    MD5_CTX context;
    MD5Init(&context);
    for (unsigned i = 0; i < count; i++)
        MD5Update(&context, (const uint8_t *)parts[i].at, parts[i].len);
    MD5Final(out, &context);
}

/* H(texts[0] ":" texts[1] ...) */
static void hash_joined(enum digest_algorithm algorithm, const struct slice *texts, unsigned count,
                        struct digest_text *text) {
    struct slice parts[PARTS_MAX];
    uint8_t bytes[HASH_SHA256_SIZE];
    unsigned used = 0;
    for (unsigned i = 0; i < count; i++) {
        if (i)
            parts[used++] = SLICE(":");
        parts[used++] = texts[i];
    }
    if (algorithm == DIGEST_MD5)
        md5(parts, used, bytes);
    else
        hash_sha256(parts, used, bytes);
    hash_digits(bytes, digests[algorithm].length, text->digits);
}

static struct slice digits_of(enum digest_algorithm algorithm, const struct digest_text *text) {
    return (struct slice){text->digits, digests[algorithm].length};
}

void digest_ha1(enum digest_algorithm algorithm, struct slice user, struct slice realm, struct slice password,
                struct digest_text *ha1) {
    const struct slice texts[] = {user, realm, password};
    hash_joined(algorithm, texts, 3, ha1);
}

void digest_response(enum digest_algorithm algorithm, const struct digest_text *ha1, const struct digest_input *input,
                     struct digest_text *response) {
    const struct slice request[] = {input->method, input->uri};
    struct digest_text ha2;
    hash_joined(algorithm, request, 2, &ha2);
    const struct slice secret = digits_of(algorithm, ha1), what = digits_of(algorithm, &ha2);
    const struct slice plain[] = {secret, input->nonce, what};
    const struct slice with_qop[] = {secret, input->nonce, input->nc, input->cnonce, input->qop, what};
    if (input->qop.at)
        hash_joined(algorithm, with_qop, 6, response);
    else
        hash_joined(algorithm, plain, 3, response);
}

_Static_assert(DIGEST_SHA1_SIZE == SHA1_DIGEST_LENGTH, "room for all of it");

void digest_sha1(const struct slice *parts, unsigned count, uint8_t out[DIGEST_SHA1_SIZE]) {
    SHA1_CTX context;
    SHA1Init(&context);
    for (unsigned i = 0; i < count; i++)
        SHA1Update(&context, (const uint8_t *)parts[i].at, parts[i].len);
    SHA1Final(out, &context);
}
