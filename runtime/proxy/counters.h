/* SPDX-License-Identifier: MIT */
/* The rows of counters.def as an enum, and the arrays that a proxy counts in. */
#ifndef FOV_RUNTIME_PROXY_COUNTERS_H
#define FOV_RUNTIME_PROXY_COUNTERS_H

#include "grammar/causes.h"

#include <stdint.h>

enum counter {
#define COUNTER(ID, ...) COUNTER_##ID,
#include "grammar/counters.def"
    COUNTER_COUNT
};

struct counters {
    uint64_t values[COUNTER_COUNT];
    uint64_t causes[CAUSE_COUNT]; /* how many attempts ended so; none with CAUSE_NONE */
};

struct counter_row {
    const char *name, *doc;
};
extern const struct counter_row counter_rows[COUNTER_COUNT];

#endif
