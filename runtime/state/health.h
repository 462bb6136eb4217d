/* SPDX-License-Identifier: MIT */
/* Destinations that have failed lately: until when each stands behind its equals (RFC 3263 4.3), how often in a row it
 * has failed without any response, and until when it is held down for that. It knows no calls: who asks before every
 * attempt, and says how each ended, is proxy/standing.h. A table with a bound: when it is full, the one whose last
 * failure is the oldest is forgotten. Everything is O(1) but the list for operators. Pure: the clock is told.
 *
 *   good --(3rd failure in a row, or one of the transport)--> held --(its time is over)--> due
 *   due --(next who asks)--> on trial
 *   on trial --(fails)--> held, twice as long, at most ten times the first;  any --(any response)--> good
 *   any --(fails, or answers 503)--> behind its equals as well, for a time
 *   behind its equals --(that time is over, or any other response)--> not behind them */
#ifndef FOV_RUNTIME_STATE_HEALTH_H
#define FOV_RUNTIME_STATE_HEALTH_H

#include "grammar/causes.h"
#include "grammar/hash.h"
#include "runtime/sip/address.h"

struct health;

enum {
    HEALTH_MOST = 16384,       /* destinations */
    HEALTH_FAILURES = 3,       /* in a row, before it is held down */
    HEALTH_HOLD_FACTOR = 10,   /* the longest time, in first ones */
    HEALTH_BEHIND = 60 * 1000, /* ms behind its equals, after a failure */
};

enum health_advice {
    HEALTH_UNASKED,
    HEALTH_GOOD,   /* nothing is known against it */
    HEALTH_FAILED, /* it has failed, but may be tried */
    HEALTH_TRIAL,  /* it may be tried by this one alone, who owes health_failed, health_untried or health_responded */
    HEALTH_HELD,
};

struct health_target { /* to read */
    struct endpoint at;
    uint64_t behind;   /* its equals, until then */
    uint64_t until;    /* held down; 0: not yet */
    uint32_t hold;     /* ms, of the last time */
    uint32_t failures; /* in a row, of those that count */
    uint8_t cause;     /* enum cause of the last */
    bool trial;        /* one is under way */
};

struct health_failure {
    enum cause cause;
    uint32_t hold; /* ms, the first time that it is held down; 0: it does not count towards that */
    bool trial;    /* of the one that was advised HEALTH_TRIAL */
};

/* NULL: out of memory. */
struct health *health_new(const struct hash_key *key, unsigned most);
void health_free(struct health *health);

enum health_advice health_ask(struct health *health, const struct endpoint *at, uint64_t now);
/* The same for who would not heed it: HEALTH_GOOD or HEALTH_FAILED. */
enum health_advice health_look(struct health *health, const struct endpoint *at, uint64_t now);
bool health_is_behind(const struct health *health, const struct endpoint *at, uint64_t now);
/* No response came. For how many ms it is held down from now on; 0: nothing has changed about that. Without memory for
 * it nothing is remembered. */
uint32_t health_failed(struct health *health, const struct endpoint *at, const struct health_failure *failure,
                       uint64_t now);
/* The trial has ended without telling anything. */
void health_untried(struct health *health, const struct endpoint *at);
/* Any response came. True: it had been held down. */
bool health_responded(struct health *health, const struct endpoint *at);
/* The same of one that says that it is busy, for so many ms. */
bool health_busy(struct health *health, const struct endpoint *at, uint32_t ms, uint64_t now);
/* When something last came to be known against one of which nothing was known: what was good later than that still
 * is. */
uint64_t health_newest(const struct health *health);

/* Those that have failed, the last one first. NULL: no more. */
const struct health_target *health_first(const struct health *health, uint64_t now);
const struct health_target *health_next(const struct health_target *target, uint64_t now);
/* How many these are: O(n). */
unsigned health_count(const struct health *health, uint64_t now);

#endif
