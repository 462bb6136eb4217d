/* SPDX-License-Identifier: MIT */
/* Of all the finals that a sequence collected, the one that the caller gets (RFC 3261 16.7 step 6),
 * and the challenges of the others (step 7). */
#ifndef FOV_RUNTIME_PROXY_BEST_H
#define FOV_RUNTIME_PROXY_BEST_H

#include "runtime/sip/scan.h"

struct attempt;

struct best_said {
    struct attempt *attempt; /* that brought `bytes` */
    char *bytes;             /* the response; NULL: nobody sent the best one, we make it */
    uint32_t length, challenges_length;
    char *challenges; /* WWW- and Proxy-Authenticate lines of the other 401 and 407 */
};

struct best {               /* small: most calls never have a candidate */
    uint16_t code;          /* 0: no candidate yet */
    struct best_said *said; /* owned; NULL: nobody has sent any, or there was no memory for it */
};

/* Is `code` better than `than`? 6xx first, else the lowest class; in 4xx 401, 407, 415, 420, 484
 * before the rest; 503 behind any other 5xx. What somebody said is better than our own 408 for a
 * silence. */
bool best_is_better(unsigned code, bool said, unsigned than, bool than_said);
/* A candidate: `message` NULL for one of our own. `last`: the newest one wins (&failover.response =
 * last). Without memory for the bytes the code alone is kept. */
void best_offer(struct best *best, unsigned code, const struct sip_message *message, struct attempt *attempt,
                bool last);
void best_free(struct best *best);

#endif
