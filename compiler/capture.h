/* SPDX-License-Identifier: MIT */
/* Captures: the groups of a rule's patterns, numbered over the whole rule, and the %n, %{n},
 * %{name} that insert them. */
#ifndef FOV_COMPILER_CAPTURE_H
#define FOV_COMPILER_CAPTURE_H

#include "compiler/check.h"

/* Numbers the groups of the rule's conditions, whose patterns are read. */
void capture_number(struct check *check, struct rule *rule);

/* Splits a text at its inserts. `slots`: how many capture slots are known here (all of the rule's
 * in deploy lines, those of the lines above in conditions). What is wrong is reported and inserts
 * nothing. */
struct piece *capture_split(struct check *check, const struct text *text, unsigned slots);

/* The slot, from 1, of what stands behind '%': "1", "{12}", "{name}". 0: the problem is in *message
 * and *code. */
unsigned capture_slot(struct check *check, struct slice reference, unsigned slots, enum diag_code *code,
                      const char **message);

/* Has it an insert? */
bool capture_inserts(const struct piece *pieces);
/* The text of pieces without inserts. */
struct slice capture_constant(const struct piece *pieces);

#endif
