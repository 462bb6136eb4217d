/* SPDX-License-Identifier: MIT */
#include "grammar/arena.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <string.h>

Test(arena, memory_is_aligned_zeroed_and_apart) {
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    char *previous = NULL;
    for (size_t size = 1; size < 3000; size += 37) {
        char *taken = arena_alloc(&arena, size);
        cr_assert_not_null(taken);
        cr_assert_eq((uintptr_t)taken % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            cr_assert_eq(taken[i], 0);
        memset(taken, 0xa5, size);
        cr_assert_neq(taken, previous);
        previous = taken;
    }
    arena_free(&arena);
}

Test(arena, the_callers_buffer_is_used_first) {
    alignas(max_align_t) char buffer[256];
    struct arena arena;
    arena_init(&arena, buffer, sizeof buffer, 0);
    char *first = arena_alloc(&arena, 100);
    cr_assert(first >= buffer && first < buffer + sizeof buffer);
    char *second = arena_alloc(&arena, 1000); /* does not fit */
    cr_assert(second < buffer || second >= buffer + sizeof buffer);
    memset(second, 1, 1000);
    arena_reset(&arena);
    cr_assert_eq(arena_alloc(&arena, 100), (void *)first);
    arena_free(&arena);
}

Test(arena, the_limit_is_an_answer) {
    struct arena arena;
    arena_init(&arena, NULL, 0, 1000);
    cr_assert_not_null(arena_alloc(&arena, 600));
    cr_assert_null(arena_alloc(&arena, 600));
    cr_assert_not_null(arena_alloc(&arena, 400));
    cr_assert_null(arena_bytes(&arena, 1));
    cr_assert_null(arena_copy(&arena, SLICE("x")).at);
    cr_assert_null(arena_printf(&arena, "%d", 1));
    arena_free(&arena);
}

Test(arena, copies_and_prints_end_in_a_nul_that_does_not_count) {
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    struct slice copy = arena_copy(&arena, SLICE("abc"));
    cr_assert(slice_equal(copy, SLICE("abc")));
    cr_assert_eq(copy.at[3], '\0');
    cr_assert_null(arena_copy(&arena, SLICE_NULL).at);
    cr_assert_str_eq(arena_printf(&arena, "%s-%d", "x", 42), "x-42");
    arena_free(&arena);
}
