/* SPDX-License-Identifier: MIT */
/* The rows of counters.def as an enum, and the array that a proxy counts in. */
#ifndef FOV_RUNTIME_PROXY_COUNTERS_H
#define FOV_RUNTIME_PROXY_COUNTERS_H

#include <stdint.h>

enum counter {
#define COUNTER(ID, ...) COUNTER_##ID,
#include "grammar/counters.def"
    COUNTER_COUNT
};

struct counters {
    uint64_t values[COUNTER_COUNT];
};

struct counter_row {
    const char *name, *doc;
};
extern const struct counter_row counter_rows[COUNTER_COUNT];

#endif
