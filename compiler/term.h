/* SPDX-License-Identifier: MIT */
/* Terms: left sides of conditions with their arguments, and the conditions that stand in strings.
 */
#ifndef FOV_COMPILER_TERM_H
#define FOV_COMPILER_TERM_H

#include "compiler/check.h"

/* The left side of a condition. `slots`: how many captures the lines above have. `nesting`: strings
 * and parentheses around it. */
void term_check(struct check *check, struct term *term, unsigned slots, unsigned nesting);

/* Splits off a '!' of the pattern, finds out what kind of condition it is, and reads its pattern:
 * one of the rule's lines, or, with `quoted`, a condition in a string. */
void term_read_condition(struct check *check, struct condition *condition, bool quoted, unsigned slots);

#endif
