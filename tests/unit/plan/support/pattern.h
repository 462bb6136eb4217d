/* SPDX-License-Identifier: MIT */
/* Patterns from their text, by the compiler of runtime/regex. */
#ifndef FOV_TESTS_UNIT_PLAN_SUPPORT_PATTERN_H
#define FOV_TESTS_UNIT_PLAN_SUPPORT_PATTERN_H

#include "tests/unit/plan/support/assemble.h"

static inline unsigned pattern_slot(void *context, struct slice reference, const char **message) {
    (void)context, (void)message;
    return (unsigned)(reference.at[0] - '0');
}

static inline uint32_t compiled(struct assembly *a, const char *written, bool inserts) {
    struct arena arena;
    struct rx_tree *tree;
    struct rx_problem problem;
    struct rx_program program;
    unsigned count = 0;
    arena_init(&arena, NULL, 0, 0);
    struct rx_input input = {slice_of(written), inserts ? RX_INSERTS : 0, pattern_slot, NULL};
    int result = rx_parse(&tree, &arena, &input, &problem, 1, &count);
    assert(result == 0);
    result = rx_build(&program, &arena, tree);
    assert(result == 0);
    uint32_t index = pattern(a, written, program.groups, 0);
    uint32_t sets = assembly_count(a, IMAGE_SETS);
    for (uint32_t i = 0; i < program.set_count; i++)
        append(a, IMAGE_SETS, &program.sets[i], sizeof program.sets[i]);
    for (uint32_t i = 0; i < program.count; i++) {
        const struct image_rx *at = &program.code[i];
        struct image_pattern *row = last(a, IMAGE_PATTERNS);
        if (rxcodes[at->op].b == OPERAND_SLOT && row->inserts <= at->b)
            row->inserts = at->b + 1;
        rx(a, at->op, rxcodes[at->op].b == OPERAND_SET ? at->b + sets : at->b, at->a, at->c);
    }
    arena_free(&arena);
    return index;
}

#endif
