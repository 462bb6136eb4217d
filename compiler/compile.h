/* SPDX-License-Identifier: MIT */
/* From the text of a plan to the bytes of its image: the whole compiler as a library. It prints
 * nothing but what it has to say about the plan, and writes no file; files that the plan includes
 * are read. */
#ifndef FOV_COMPILER_COMPILE_H
#define FOV_COMPILER_COMPILE_H

#include "grammar/diag.h"

struct compile_options {
    struct diag_options warnings;
    bool colour; /* of what is printed */
};

/* `name` is how messages call the text and what included files are relative to. 0 and the verified
 * image, which the caller frees; -EINVAL: the plan has errors; -ENOMEM; -EFAULT: the compiler made
 * an image that its own verifier refuses. Whatever there is to say is printed to `errors`, warnings
 * included. */
int compile_text(struct slice text, const char *name, const struct compile_options *options, FILE *errors,
                 uint8_t **image, size_t *length);

/* The same with the warnings that are on by default, without colour. */
int compile_plan_text(struct slice text, const char *name, FILE *errors, uint8_t **image, size_t *length);

#endif
