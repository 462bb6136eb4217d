/* SPDX-License-Identifier: MIT */
/* Constant arguments of functions: the kinds of words.def. */
#ifndef FOV_COMPILER_ARGUMENT_H
#define FOV_COMPILER_ARGUMENT_H

#include "compiler/check.h"

/* `value` is what `text` says, inserts and escapes resolved. Reports what an argument of that kind
 * cannot be. */
void argument_check(struct check *check, char kind, const struct text *text, struct slice value);

/* A header's name as an argument: warns when it looks like a constant that lacks its quotes. */
void argument_check_bare(struct check *check, char kind, const struct text *text);

#endif
