/* SPDX-License-Identifier: MIT */
/* The bytes of a DNS message (RFC 1035 4), read into what the rest of the server knows of them. Nothing in them is
 * trusted: every length is held against what is there, compression may only lead backwards, and so it ends. */
#ifndef FOV_RUNTIME_NET_DNS_ANSWER_H
#define FOV_RUNTIME_NET_DNS_ANSWER_H

#include "grammar/arena.h"
#include "runtime/sip/dns.h"

/*
 *   header      id, flags (the last four bits: what came of it), 4 counts: questions, answers, authorities, more
 *   question    name, type, class
 *   records     name, type, class, TTL, length, data
 *
 * An alias (CNAME) in the answers stands for the name that it leads to; the TTL is the shortest on the way. When there
 * is no such record, the SOA record among the authorities says how long that holds (RFC 2308 5). Texts live in `arena`.
 * What cannot be read, or finds no memory, is DNS_FAILED. */
void dns_answer_read(struct dns_answer *answer, struct slice bytes, enum dns_type type, struct arena *arena);

#endif
