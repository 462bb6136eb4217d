/* SPDX-License-Identifier: MIT */
/* From text to tree: reads a plan with the files it includes, and the conditions that stand in
 * strings. What cannot be read is reported; the rest of the plan is read all the same. */
#ifndef FOV_COMPILER_PARSE_H
#define FOV_COMPILER_PARSE_H

#include "compiler/ast.h"
#include "compiler/memory.h"
#include "grammar/diag.h"

/* `name` as compile_plan_text() takes it; name and text must outlive the compilation. */
void parse_plan(struct plan *plan, struct memory *memory, struct diag_list *diags, const char *name, struct slice text);

/* A condition in a string that stands in `nesting` parentheses. NULL: it is none, and that was
 * reported. */
struct condition *parse_condition(struct memory *memory, struct diag_list *diags, const struct text *text,
                                  unsigned nesting);

#endif
