/* SPDX-License-Identifier: MIT */
#include "grammar/hash.h"

#include <sodium/crypto_shorthash_siphash24.h>

_Static_assert(HASH_KEY_SIZE == crypto_shorthash_siphash24_KEYBYTES, "libsodium's key");

uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t length) {
    uint8_t out[crypto_shorthash_siphash24_BYTES];
    uint64_t hash = 0;
    crypto_shorthash_siphash24(out, bytes, length, key->bytes);
    for (unsigned i = 0; i < sizeof out; i++) /* little-endian on every machine */
        hash |= (uint64_t)out[i] << 8 * i;
    return hash;
}

uint64_t hash_open(const void *bytes, size_t length) {
    return hash_keyed(&(const struct hash_key){{0}}, bytes, length);
}
