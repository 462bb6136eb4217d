/* SPDX-License-Identifier: MIT */
/* The names of a plan: functions, variables, headers, environment variables. Each answers the row,
 * or reports an unknown one with the nearest that is known. */
#ifndef FOV_COMPILER_NAMES_H
#define FOV_COMPILER_NAMES_H

#include "compiler/check.h"

/* WORD_COUNT: there is none, and that was reported. */
enum word names_word(struct check *check, const struct term *term);
/* VARIABLE_COUNT: likewise. */
enum variable names_variable(struct check *check, const struct term *term);
/* False: it can be no header's name. */
bool names_header(struct check *check, const struct text *name, enum header *header);

/* An environment variable that a condition reads. */
void names_read(struct check *check, struct slice name);
bool names_is_read(struct check *check, struct slice name);
/* An environment variable that a deploy line sets: a failover setting, or FAILOVER_COUNT; a name
 * without a meaning that nothing reads is reported. */
enum failover_setting names_setting(struct check *check, const struct term *term);

/* Reports a text that is no transport; `help` (or NULL) is for one that is not even nearly one. */
void names_refuse_transport(struct check *check, const struct text *text, const char *help);

/* "a|b|c" as people say it: "a, b or c". */
const char *names_choices(struct check *check, const char *choices);
/* The one that is near to the word; NULL: none. */
const char *names_near_choice(struct check *check, const char *choices, struct slice word);

#endif
