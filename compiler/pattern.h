/* SPDX-License-Identifier: MIT */
/* Patterns of a plan: read, reported where they are broken, compiled. */
#ifndef FOV_COMPILER_PATTERN_H
#define FOV_COMPILER_PATTERN_H

#include "compiler/check.h"

/* An ordinary pattern: '%' is literal in it. */
struct pattern *pattern_read(struct check *check, const struct text *text);
/* The pattern of a quoted condition: %n inserts one of the first `slots` captures. */
struct pattern *pattern_read_quoted(struct check *check, const struct text *text, unsigned slots);

/* Is it found in the text? False for a broken one, and for one with inserts. */
bool pattern_finds(struct check *check, const struct pattern *pattern, struct slice subject);

#endif
