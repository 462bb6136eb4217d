/* SPDX-License-Identifier: MIT */
/* Our branches and the loop check in them (RFC 3261 8.1.1.7, RFC 5393 4.2):
 *
 *   z9hG4bK 0123456789abcdef 0123456789abcdef
 *           unguessable      loop hash of the request as it was received
 *
 * A request that comes back with the same hash in one of its Vias would be routed the same way once
 * more. */
#ifndef FOV_RUNTIME_PROXY_BRANCH_H
#define FOV_RUNTIME_PROXY_BRANCH_H

#include "grammar/hash.h"
#include "runtime/plan/image.h"
#include "runtime/sip/scan.h"

enum { HEX_LENGTH = 16, MAGIC_LENGTH = 7, BRANCH_LENGTH = MAGIC_LENGTH + 2 * HEX_LENGTH };

/* 16 hexadecimal digits, no NUL. */
void hex_text(uint64_t number, char digits[HEX_LENGTH]);
void branch_text(uint64_t token, uint64_t loop, char branch[BRANCH_LENGTH]);

/* Over everything of the request that decides where it goes: Request-URI, Route, Proxy-Require,
 * Call-ID, From tag, CSeq number and every header that the plan reads. The method is not in it (RFC
 * 5393 4.2.2). */
uint64_t loop_hash(const struct hash_key *key, const struct image *image, const struct sip_message *request);
/* Does a Via of the request carry this hash in a branch of ours? */
bool loop_found(const struct sip_message *request, uint64_t loop);

#endif
