/* SPDX-License-Identifier: MIT */
/* How an attempt at a destination ended, and what that is to the others (causes.def). */
#ifndef FOV_GRAMMAR_CAUSES_H
#define FOV_GRAMMAR_CAUSES_H

enum cause {
    CAUSE_NONE,
#define CAUSE(ID, ...) CAUSE_##ID,
#include "grammar/causes.def"
    CAUSE_COUNT
};
extern const char *const causes[CAUSE_COUNT]; /* names; causes[CAUSE_NONE] is "" */

enum cause_kind {
    CAUSE_KIND_RESPONSE,
    CAUSE_KIND_SILENCE,
    CAUSE_KIND_TRANSPORT,
    CAUSE_KIND_UNSENT,
    CAUSE_KIND_NEITHER,
};
extern const enum cause_kind cause_kinds[CAUSE_COUNT];

#endif
