/* SPDX-License-Identifier: MIT */
/* From the text of a plan to the bytes of its image: the whole compiler as a library. It prints nothing but what it
 * has to say about the plan, and writes no file; files that the plan includes are read. */
#ifndef FOV_COMPILER_COMPILE_H
#define FOV_COMPILER_COMPILE_H

#include "grammar/slice.h"

#include <stdio.h>

/* `name` is how messages call the text and what included files are relative to. 0 and the verified image, which the
 * caller frees; -EINVAL: the plan has errors; -ENOMEM; -EFAULT: the compiler made an image that its own verifier
 * refuses. Whatever there is to say is printed to `errors`, warnings included. */
int compile_plan_text(struct slice text, const char *name, FILE *errors, uint8_t **image, size_t *length);

#endif
