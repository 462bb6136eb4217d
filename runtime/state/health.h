/* SPDX-License-Identifier: MIT */
/* Destinations that have failed lately: how often in a row without any response, and until when each is held down. It
 * knows no calls: who asks before every attempt, and says how each ended, is proxy/hold.h. A table with a bound: when
 * it is full, the one whose last failure is the oldest is forgotten. Everything is O(1). Pure: the clock is told.
 *
 *   good --(3rd failure in a row, or one of the transport)--> held --(its time is over)--> due
 *   due --(next who asks)--> on trial
 *   on trial --(fails)--> held, twice as long, at most ten times the first;  any --(any response)--> good
 */
#ifndef FOV_RUNTIME_STATE_HEALTH_H
#define FOV_RUNTIME_STATE_HEALTH_H

#include "grammar/hash.h"
#include "runtime/sip/address.h"

struct health;

enum {
    HEALTH_MOST = 16384,    /* destinations */
    HEALTH_FAILURES = 3,    /* in a row, before it is held down */
    HEALTH_HOLD_FACTOR = 10 /* the longest time, in first ones */
};

enum health_advice {
    HEALTH_GOOD,   /* nothing is known against it */
    HEALTH_FAILED, /* it has failed, but may be tried */
    HEALTH_TRIAL,  /* it may be tried by this one alone, who owes health_failed, health_untried or health_responded */
    HEALTH_HELD,
};

struct health_target { /* to read */
    struct endpoint at;
    uint64_t until;    /* held down; 0: not yet */
    uint32_t hold;     /* ms, of the last time */
    uint32_t failures; /* in a row */
    uint8_t cause;     /* enum cause of the last */
    bool trial;        /* one is under way */
};

struct health_failure {
    enum cause cause;
    uint32_t hold; /* ms, the first time that it is held down; above 0 */
    bool trial;    /* of the one that was advised HEALTH_TRIAL */
};

/* NULL: out of memory. */
struct health *health_new(const struct hash_key *key, unsigned most);
void health_free(struct health *health);

enum health_advice health_ask(struct health *health, const struct endpoint *at, uint64_t now);
/* No response came. For how many ms it is held down from now on; 0: nothing has changed about that. Without memory for
 * it nothing is remembered. */
uint32_t health_failed(struct health *health, const struct endpoint *at, const struct health_failure *failure,
                       uint64_t now);
/* The trial has ended without telling anything. */
void health_untried(struct health *health, const struct endpoint *at);
/* Any response came. True: it had been held down. */
bool health_responded(struct health *health, const struct endpoint *at);
/* When something last came to be known against one of which nothing was known: what was good later than that still
 * is. */
uint64_t health_newest(const struct health *health);

/* Those that have failed, the last one first. NULL: no more. */
const struct health_target *health_first(const struct health *health);
const struct health_target *health_next(const struct health_target *target);
unsigned health_count(const struct health *health);

#endif
