/* SPDX-License-Identifier: MIT */
/* Everything that went over the network in a story, both ways, in order: what the parties' next messages are made
 * from, what the checks compare with, and the ladder that a failing story shows. */
#ifndef FOV_RUNTIME_SIM_HISTORY_H
#define FOV_RUNTIME_SIM_HISTORY_H

#include "runtime/sim/letter.h"
#include "runtime/sim/story.h"

struct exchange {
    struct exchange *next, *previous;
    uint64_t at;
    const struct story_party *party;
    struct slice call;            /* label */
    bool left;                    /* fov sent it to the party; else the party sent it */
    bool icmp;                    /* the network reported that `sent` was not delivered; no message */
    bool named;                   /* the story said so */
    const struct exchange *again; /* the first one with these bytes between these two */
    const struct sim_sent *sent;  /* of what left */
    struct slice connection;      /* the number of the one that it left on; null: none */
    struct slice length;          /* bytes that left, as text */
    struct slice flows;           /* what its URIs of fov's say of flows; null: it has none */
    struct letter message;
};

struct history {
    struct arena *arena;
    struct exchange *first, *last;
};

/* NULL: out of memory. `call` null: found by the Call-ID. */
struct exchange *history_add(struct history *history, uint64_t at, const struct story_party *party, bool left,
                             struct slice call, struct slice bytes);
/* The request that a response answers: the one the other way with its branch and CSeq, whoever sent it; of repeated
 * ones the first. NULL: none. */
const struct exchange *history_request(const struct exchange *response);
/* The last request before `before` (NULL: of all) of a party and call in one direction, of a method (null: any).
 * NULL: none. */
const struct exchange *history_last_request(const struct history *history, const struct exchange *before,
                                            const struct story_party *party, struct slice call, bool left,
                                            struct slice method);

/* "INVITE sip:100@fov.example", "486 Busy Here". */
void exchange_print(struct page *text, const struct exchange *exchange);
/* "12.500" */
void history_print_time(struct page *text, uint64_t at);
/* One line for each exchange. */
void history_print(struct page *text, const struct history *history);

#endif
