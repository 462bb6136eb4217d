/* SPDX-License-Identifier: MIT */
/* A pattern's bytecode (grammar/rxcodes.def): from the tree, and what the matcher runs. */
#ifndef FOV_RUNTIME_REGEX_PROGRAM_H
#define FOV_RUNTIME_REGEX_PROGRAM_H

#include "grammar/image.h"
#include "runtime/regex/syntax.h"

/* Code and sets belong to the image, or to the arena it was built in. */
struct rx_program {
    const struct image_rx *code;
    const struct image_set *sets;
    uint32_t count;     /* instructions */
    uint32_t set_count; /* sets that `code` may name */
    uint16_t groups;
};

/* Its own sets, numbered from 0, equal ones once; 0 or -ENOMEM. What would be too big was refused
 * by rx_parse. */
int rx_build(struct rx_program *program, struct arena *arena, const struct rx_tree *tree);

#endif
