/* SPDX-License-Identifier: MIT */
/* What a plan uses, read from its verified image without running it: for what a server says at its start. */
#ifndef FOV_RUNTIME_PLAN_SURVEY_H
#define FOV_RUNTIME_PLAN_SURVEY_H

#include "grammar/words.h"
#include "runtime/plan/image.h"

bool survey_uses_failover(const struct image *image);
/* The next place, from *pc on, where a rule sets this variable to a constant text, which is not empty; *pc is there,
 * the place of the SET. False: there is none. Values made of captures or functions are not told. */
bool survey_constant(const struct image *image, enum variable variable, uint32_t *pc, struct slice *value);

#endif
