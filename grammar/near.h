/* SPDX-License-Identifier: MIT */
/* Did you mean: the known name nearest to an unknown word, by the number of letters added, left
 * out, changed or swapped (optimal string alignment), whatever their case. */
#ifndef FOV_GRAMMAR_NEAR_H
#define FOV_GRAMMAR_NEAR_H

#include "grammar/slice.h"

struct near {
    struct slice word;
    const char *best;  /* NULL: nothing is near */
    unsigned distance; /* of best; while nothing is near: the first distance that is too far */
};

void near_start(struct near *near, struct slice word);
/* The earlier of two candidates that are equally near stays. A candidate whose part behind its last
 * '.' is the word counts as one letter away. */
void near_try(struct near *near, const char *candidate);

#endif
