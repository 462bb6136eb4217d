/* SPDX-License-Identifier: MIT */
/* What the name servers have said: answers, as long as they hold (RFC 1035, RFC 2308), and the questions that are on
 * their way. Who wants the same answer at the same time waits for one question. A resolver that stays silent or fails
 * makes old answers good again for a while (RFC 8767), and is asked no more often than every NAMES_FAILED_TIME.
 * Pure. */
#ifndef FOV_RUNTIME_STATE_NAMES_H
#define FOV_RUNTIME_STATE_NAMES_H

#include "grammar/hash.h"
#include "runtime/sip/dns.h"
#include "runtime/sip/timers.h"

enum {
    NAMES_MAX = 4096,       /* answers; the one that nobody has wanted for the longest time makes room */
    NAMES_BYTES = 16 << 20, /* of their records, at most; the same */
    NAMES_ASKED_MAX = 1024, /* questions on their way; the last half of them is not for guests */

    /* seconds */
    NAMES_TTL_LEAST = 1,
    NAMES_TTL_MOST = 24 * 3600,   /* of records */
    NAMES_ABSENT = 60,            /* that there are none, without an SOA record */
    NAMES_ABSENT_MOST = 3600,     /* RFC 2308 5 */
    NAMES_FAILED_TIME = 5,        /* RFC 9520 3.2 */
    NAMES_STALE_MOST = 24 * 3600, /* past its end */

    NAMES_STALE_AFTER = 1000, /* ms that a question may take when there is an old answer */
};

struct names;
struct name_waiter;

struct names_events {
    void *context;
    /* Wants to be asked; names_answered() with that id is the answer, and comes later. False: nobody is asked. */
    bool (*ask)(void *context, uint32_t id, struct slice name, enum dns_type type);
    /* An old answer is used, for want of a new one; `first`: nothing has been heard since the last answer. */
    void (*stale)(void *context, struct slice name, bool first, uint64_t now);
};

/* Embedded in who waits; zeroed: waits for nothing. */
struct name_waiter {
    struct name_waiter *next, *previous; /* a ring */
    bool guest;                          /* the name is not ours: who has many must not keep us from ours */
    /* It no longer waits when it is called; `answer` is valid during the call. It may call anything here. */
    void (*told)(struct name_waiter *waiter, const struct dns_answer *answer, uint64_t now);
};

/* NULL: out of memory. */
struct names *names_new(const struct hash_key *key, struct timers *timers, const struct names_events *events);
void names_free(struct names *names); /* who still waits is told nothing */

/* What is known: the answer, valid until the next call here; or NULL: the waiter will be told, unless it leaves before.
 * Without memory, and when too many questions are on their way, the answer is an old one or DNS_FAILED. */
const struct dns_answer *names_find(struct names *names, struct slice name, enum dns_type type,
                                    struct name_waiter *waiter, uint64_t now);
void names_leave(struct name_waiter *waiter); /* one that does not wait, too */
/* The answer to a question; to one that nobody has asked, or a second one, it is nothing. Everything is copied. */
void names_answered(struct names *names, uint32_t id, const struct dns_answer *answer, uint64_t now);

/* Others are asked from now on: what those before did not know, or could not say, is asked for again when it is wanted.
 * Records stay as long as they hold. */
void names_doubt(struct names *names, uint64_t now);

unsigned names_count(const struct names *names); /* answers */
unsigned names_asked(const struct names *names); /* questions on their way */

#endif
