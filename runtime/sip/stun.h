/* SPDX-License-Identifier: MIT */
/* STUN (RFC 8489), as little of it as keeps a flow of datagrams open: a client sends Binding requests to the port that
 * it sends SIP to, and is told where they came from (RFC 5626 3.5.2, 8). Nobody proves who he is, nothing is kept from
 * one request to the next, and FINGERPRINT is not used: the first byte of a STUN message is 0 or 1, which begins none
 * of SIP's.
 *
 *   00 01 | length of what follows the header, a multiple of 4     a Binding request
 *   21 12 a4 42                                                    the magic cookie
 *   transaction, 12 bytes
 *   type | length of the value | value, filled up to 4 bytes       an attribute; any number of them */
#ifndef FOV_RUNTIME_SIP_STUN_H
#define FOV_RUNTIME_SIP_STUN_H

#include "runtime/sip/address.h"

enum {
    STUN_HEADER = 20,
    STUN_COOKIE = 4,         /* where it stands in the header, with the transaction behind it */
    STUN_REQUEST_MAX = 1280, /* bytes: fits any path (RFC 8489 6.1) */
    STUN_MORE_MAX = 24,      /* that an answer may have above its request: nobody gets much for a forged source */
    STUN_ANSWER_MAX = STUN_REQUEST_MAX + STUN_MORE_MAX,
};

/* Writes the answer to a Binding request that came from `source`: a success with XOR-MAPPED-ADDRESS, or a 420 that
 * names the attributes which had to be understood and are not (6.3.1). The null slice: the datagram is no such request,
 * and nothing is to be answered (6.3). */
struct slice stun_answer(struct slice datagram, const struct endpoint *source, char answer[STUN_ANSWER_MAX]);

#endif
