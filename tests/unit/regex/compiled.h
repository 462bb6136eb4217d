/* SPDX-License-Identifier: MIT */
/* A pattern from text to program, for the tests of this room. Inserts: %1 is slot 0, and so on. */
#ifndef FOV_TESTS_UNIT_REGEX_COMPILED_H
#define FOV_TESTS_UNIT_REGEX_COMPILED_H

#include "runtime/regex/match.h"

#include <criterion/criterion.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

struct compiled {
    struct arena arena;
    struct rx_tree *tree;
    struct rx_program program;
};

static inline unsigned insert_slot(void *context, struct slice reference, const char **message) {
    (void)context;
    struct slice digits = reference.at[0] == '{' ? slice_cut(reference, 1, reference.len - 1) : reference;
    uint64_t number;
    if (slice_number(digits, 9, &number) && number > 0)
        return (unsigned)number;
    *message = "no such group here";
    return 0;
}

static inline void compile_slice(struct compiled *compiled, struct slice pattern, unsigned options) {
    struct rx_input input = {.text = pattern, .options = options, .insert = insert_slot};
    struct rx_problem problem = {.message = "no memory"};
    unsigned count;
    arena_init(&compiled->arena, NULL, 0, 0);
    cr_assert_eq(rx_parse(&compiled->tree, &compiled->arena, &input, &problem, 1, &count), 0, "'%.*s': %s",
                 SLICE_ARG(pattern), problem.message);
    cr_assert_eq(rx_build(&compiled->program, &compiled->arena, compiled->tree), 0);
}

static inline void compile(struct compiled *compiled, const char *pattern, unsigned options) {
    compile_slice(compiled, slice_of(pattern), options);
}

static inline void discard(struct compiled *compiled) {
    arena_free(&compiled->arena);
}

#endif
