/* SPDX-License-Identifier: MIT */
/* Patterns of a plan: read, reported where they are broken, compiled. */
#ifndef FOV_COMPILER_PATTERN_H
#define FOV_COMPILER_PATTERN_H

#include "compiler/check.h"

/* An ordinary pattern: '%' is literal in it. */
struct pattern *pattern_read(struct check *check, const struct text *text);
/* The pattern of a quoted condition: %n inserts one of the first `slots` captures. */
struct pattern *pattern_read_quoted(struct check *check, const struct text *text, unsigned slots);

/* The first response code from `first` to `last` that the pattern is found in; 0: none, or the
 * pattern is broken. */
unsigned pattern_finds_code(struct check *check, const struct pattern *pattern, unsigned first, unsigned last);
/* Whether it is found in the name of any failure without a final. The pattern is not broken. */
bool pattern_finds_cause(struct check *check, const struct pattern *pattern);

#endif
