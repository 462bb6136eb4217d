/* SPDX-License-Identifier: MIT */
#include "grammar/hash.h"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/crypto_shorthash_siphash24.h>
#include <sodium/utils.h>

_Static_assert(HASH_KEY_SIZE == crypto_shorthash_siphash24_KEYBYTES, "libsodium's key");
_Static_assert(HASH_SHA256_SIZE == crypto_hash_sha256_BYTES, "libsodium's SHA-256");
_Static_assert(HASH_MAC_SIZE == crypto_auth_hmacsha256_BYTES, "libsodium's HMAC");

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

static const unsigned char *bytes_of(struct slice s) {
    return (const unsigned char *)s.at;
}

void hash_sha256(const struct slice *parts, unsigned count, uint8_t out[HASH_SHA256_SIZE]) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    for (unsigned i = 0; i < count; i++)
        crypto_hash_sha256_update(&state, bytes_of(parts[i]), parts[i].len);
    crypto_hash_sha256_final(&state, out);
}

void hash_mac(struct slice key, const struct slice *parts, unsigned count, uint8_t out[HASH_MAC_SIZE]) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.len);
    for (unsigned i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, bytes_of(parts[i]), parts[i].len);
    crypto_auth_hmacsha256_final(&state, out);
}

void hash_digits(const uint8_t *bytes, unsigned digits, char *out) {
    for (unsigned i = 0; i < digits; i++)
        out[i] = "0123456789abcdef"[bytes[i / 2] >> (i % 2 ? 0 : 4) & 15];
}

bool hash_same(const void *a, const void *b, size_t length) {
    return sodium_memcmp(a, b, length) == 0;
}
