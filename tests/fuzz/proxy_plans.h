/* SPDX-License-Identifier: MIT */
/* The plans that the proxy is fuzzed with: between them they use everything that a plan can say to a call. */
#ifndef FOV_TESTS_FUZZ_PROXY_PLANS_H
#define FOV_TESTS_FUZZ_PROXY_PLANS_H

#include "runtime/plan/image.h"

enum { PROXY_PLANS = 15 };

struct proxy_plan {
    const char *text;
    bool open;  /* a destination may come out of the request */
    bool users; /* there are users, and everybody is asked who he is */
    struct image image;
};

/* Compiled by the first call. */
const struct proxy_plan *proxy_plan(unsigned number);

#endif
