/* SPDX-License-Identifier: MIT */
/* From the checked tree to the image: the code of rules (grammar/opcodes.def), preliminary ones
 * first, with their labels and lines. It takes for granted that the checks found no error; it
 * reports only what is too large. */
#ifndef FOV_COMPILER_EMIT_H
#define FOV_COMPILER_EMIT_H

#include "compiler/ast.h"
#include "compiler/memory.h"
#include "grammar/diag.h"

/* 0 and an image from malloc, -EINVAL (reported), or -ENOMEM. */
int emit_plan(const struct plan *plan, struct memory *memory, struct diag_list *diags, uint8_t **image, size_t *length);

#endif
