/* SPDX-License-Identifier: MIT */
/* Numbers that look random; the same seed gives the same ones, so that a failure comes again. */
#ifndef FOV_TESTS_FUZZ_RANDOM_H
#define FOV_TESTS_FUZZ_RANDOM_H

#include <stdint.h>

static uint64_t random_state = 1;

static inline void random_seed(uint64_t seed) {
    random_state = seed * 0x9e3779b97f4a7c15u + 1;
}

/* Below `bound`; 0 for a bound of 0. */
static inline uint64_t random_below(uint64_t bound) {
    random_state ^= random_state << 13; /* xorshift64 */
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return bound ? random_state % bound : 0;
}

#endif
