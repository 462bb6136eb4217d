/* SPDX-License-Identifier: MIT */
/* What a server has to say of itself: in the log when it ends, and on its control socket (console.h), in lines of JSON:
 *
 *   status     one line: what it serves, how many calls and so on there are now, and what it has counted
 *   targets    {"targets":N}, and a line for each destination that has failed lately, the last one first
 *
 * Any other question has no answer. */
#ifndef FOV_RUNTIME_NET_REPORT_H
#define FOV_RUNTIME_NET_REPORT_H

#include "runtime/net/log.h"
#include "runtime/plan/image.h"
#include "runtime/proxy/counters.h"
#include "runtime/proxy/line.h"
#include "runtime/proxy/proxy.h"

struct report {
    const struct proxy *proxy;
    const struct image *image;
    const struct counters *counters;
    const char *plan;      /* its file */
    uint64_t started, now; /* monotonic ms */
    int64_t unix_ms;
    bool draining;
};

void report_answer(const struct report *report, struct slice question, struct line *line);

/* All counters in one line of the log: name=value. */
void report_log(const struct counters *counters, struct log *log);

#endif
