/* SPDX-License-Identifier: MIT */
/* Plays a story: the world, the proxy in it, the parties, step by step. Pure: what it needs from outside (a compiled
 * plan) it asks of its host. */
#ifndef FOV_RUNTIME_SIM_PLAY_H
#define FOV_RUNTIME_SIM_PLAY_H

#include "runtime/regex/match.h"
#include "runtime/sim/history.h"

struct story_host {
    void *context;
    /* The verified image of a plan: of `text`, or of the file `file` when that is not null; `name` is how messages call
     * the text. 0 and bytes that release() takes back, or an error and what the compiler said in `errors`. */
    int (*compile)(void *context, struct slice text, struct slice file, const char *name, struct page *errors,
                   uint8_t **image, size_t *length);
    void (*release)(void *context, uint8_t *image);
};

struct variable_text { /* {name} */
    struct variable_text *next;
    struct slice name, value;
};

struct play {
    struct arena *arena;
    const struct story *story;
    const struct story_step *step; /* the one being played; NULL: before the first, or after the last */
    struct sim_world world;
    const struct image *image;
    const struct sim_sent *collected; /* the last one that went into the history */
    struct history history;
    struct variable_text *variables;
    struct rx_scratch *scratch;
    unsigned branches; /* made so far */
    bool failed;
    struct page failure; /* why, for people; several lines */
};

struct story_result {
    bool passed;
    struct slice failure; /* "file:line: ...", several lines; empty when it passed */
    struct slice ladder;
};

/* Result texts live in `arena`. */
struct story_result story_play(const struct story *story, struct arena *arena, const struct story_host *host);

/* For the parts of the player: the story fails, at `line`; the first failure counts. */
void play_fail(struct play *play, unsigned line, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* `text` with its {variables}; an unknown one is a failure. */
struct slice play_expand(struct play *play, unsigned line, struct slice text);

#endif
