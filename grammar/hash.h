/* SPDX-License-Identifier: MIT */
/* Hashes and secrets, from libsodium: the only file that knows it. SipHash-2-4 for tables, SHA-256 and HMAC-SHA-256
 * where somebody has a reason to forge. */
#ifndef FOV_GRAMMAR_HASH_H
#define FOV_GRAMMAR_HASH_H

#include "grammar/slice.h"

enum { HASH_KEY_SIZE = 16, HASH_SHA256_SIZE = 32, HASH_MAC_SIZE = 32 };

struct hash_key {
    uint8_t bytes[HASH_KEY_SIZE];
};

/* For tables and cookies over what a peer names: without the key nobody can choose collisions. */
uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t length);
/* With a key of zeros: a checksum, the same everywhere. */
uint64_t hash_open(const void *bytes, size_t length);

/* SHA-256 of all the parts, one behind the other. */
void hash_sha256(const struct slice *parts, unsigned count, uint8_t out[HASH_SHA256_SIZE]);
/* HMAC-SHA-256 (RFC 2104) of all the parts. */
void hash_mac(struct slice key, const struct slice *parts, unsigned count, uint8_t out[HASH_MAC_SIZE]);
/* The first `digits` of what the bytes are in hexadecimal, lower case, without a NUL. */
void hash_digits(const uint8_t *bytes, unsigned digits, char *out);
/* Are they the same? Takes as long whatever the answer. */
bool hash_same(const void *a, const void *b, size_t length);

#endif
