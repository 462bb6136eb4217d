/* SPDX-License-Identifier: MIT */
/* Places that have failed lately: while that lasts they stand behind others that are as good (RFC 3263 4.3). Bounded:
 * the oldest is forgotten first. Pure. */
#ifndef FOV_RUNTIME_STATE_PENALTIES_H
#define FOV_RUNTIME_STATE_PENALTIES_H

#include "grammar/hash.h"
#include "runtime/sip/address.h"

enum { PENALTIES_MAX = 1024 };

struct penalties;

/* NULL: out of memory. */
struct penalties *penalties_new(const struct hash_key *key);
void penalties_free(struct penalties *penalties);
/* For so many ms from now; a longer one that it has already stays. Without memory there is none. */
void penalties_add(struct penalties *penalties, const struct endpoint *place, uint32_t ms, uint64_t now);
bool penalties_has(const struct penalties *penalties, const struct endpoint *place, uint64_t now);
/* It has been heard of again. */
void penalties_remove(struct penalties *penalties, const struct endpoint *place);

#endif
