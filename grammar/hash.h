/* SPDX-License-Identifier: MIT */
/* SipHash-2-4, from libsodium: the only file that knows it. */
#ifndef FOV_GRAMMAR_HASH_H
#define FOV_GRAMMAR_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_KEY_SIZE = 16 };

struct hash_key {
    uint8_t bytes[HASH_KEY_SIZE];
};

/* For tables and cookies over what a peer names: without the key nobody can choose collisions. */
uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t length);
/* With a key of zeros: a checksum, the same everywhere. */
uint64_t hash_open(const void *bytes, size_t length);

#endif
