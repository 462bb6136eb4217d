/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/counters.h"

const struct counter_row counter_rows[COUNTER_COUNT] = {
#define COUNTER(ID, NAME, DOC) {NAME, DOC},
#include "grammar/counters.def"
};
