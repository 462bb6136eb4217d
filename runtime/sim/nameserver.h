/* SPDX-License-Identifier: MIT */
/* The name servers of a story: what they say about which name, and when. A name that nobody speaks of does not exist,
 * but one with others below it does. */
#ifndef FOV_RUNTIME_SIM_NAMESERVER_H
#define FOV_RUNTIME_SIM_NAMESERVER_H

#include "grammar/arena.h"
#include "runtime/sip/dns.h"

enum { NAMESERVER_SILENCE = 4500 /* ms until a resolver gives up on them */ };

struct sim_saying {          /* one record, or what is said instead of records */
    struct sim_saying *next; /* the one said before */
    struct slice name;
    enum dns_type type;     /* DNS_TYPES: whatever is asked for */
    enum dns_status status; /* DNS_FOUND: the record */
    struct dns_record record;
    uint32_t ttl;         /* seconds */
    uint32_t after;       /* ms that the answer takes */
    uint32_t from, until; /* ms since the beginning: when it is said */
};

/* The answer at the time `now`, in `arena`; *after: ms until it comes. False: out of memory. */
bool nameserver_answer(const struct sim_saying *sayings, struct slice name, enum dns_type type, uint64_t now,
                       struct arena *arena, struct dns_answer *answer, uint32_t *after);

#endif
