/* SPDX-License-Identifier: MIT */
/* Nonces of digest authentication (RFC 7616 3.3, 5.4, 5.5). One that is issued costs no memory: it says when it was
 * made, and a keyed hash says that it was made here. Only those that somebody has used with good credentials are
 * remembered, so that no response counts twice:
 *
 *      ttttttttttttssssssssssssssssmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm
 *      time, ms    salt            HMAC-SHA-256 of time, salt and realm, the first half
 */
#ifndef FOV_RUNTIME_STATE_NONCE_H
#define FOV_RUNTIME_STATE_NONCE_H

#include "grammar/hash.h"

enum {
    NONCE_LENGTH = 60,
    NONCE_LIFE = 5 * 60 * 1000, /* ms */
    NONCES_USED = 16384,        /* remembered at once, usually */
    NONCE_ONCE = 0,             /* for nonce_use: without a count it may be used once */
};

struct nonces;

/* `used`: how many it remembers. NULL: out of memory. `realm` must outlive it. */
struct nonces *nonces_new(const struct hash_key *key, struct slice realm, unsigned used);
void nonces_free(struct nonces *nonces);

/* `salt`: a number that no other nonce has. */
void nonce_write(const struct nonces *nonces, uint64_t salt, uint64_t now, char text[NONCE_LENGTH]);

enum nonce_use {
    NONCE_GOOD,
    NONCE_STALE,    /* not ours, too old, or older than what had to be forgotten */
    NONCE_REPLAYED, /* this count, or one so far below the highest that nobody knows, was used before */
};

/* Uses a nonce with a count, for credentials that are good otherwise. Counts may come in another order than they were
 * made: 64 of them, the highest included, are told apart. When too many are remembered, the one first used is
 * forgotten, and all that were made before it, or with it, are stale from then on. */
enum nonce_use nonce_use(struct nonces *nonces, struct slice text, uint32_t count, uint64_t now);

#endif
