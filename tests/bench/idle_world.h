/* SPDX-License-Identifier: MIT */
/* The world of a proxy that is measured alone: every way leads from one listener, the clock stands still, and nobody
 * reads the log. What is sent is the measurement's own business. */
#ifndef FOV_TESTS_BENCH_IDLE_WORLD_H
#define FOV_TESTS_BENCH_IDLE_WORLD_H

#include "grammar/causes.h"
#include "runtime/proxy/world.h"

static struct endpoint listener;

static inline enum cause idle_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                                    struct world_route *route) {
    (void)context, (void)remote, (void)wanted;
    *route = (struct world_route){.local = listener, .host = "192.0.2.9", .port = 5060};
    return CAUSE_NONE;
}

static inline bool idle_local_time(void *context, struct slice zone, int64_t unix_ms, struct local_time *local_time) {
    (void)context, (void)zone, (void)unix_ms;
    *local_time = (struct local_time){2026, 1, 1, 12, 0, 0, 4};
    return true;
}

static inline void idle_log(void *context, enum log_level level, struct slice line) {
    (void)context, (void)level, (void)line;
}

#endif
