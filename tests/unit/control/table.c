/* SPDX-License-Identifier: MIT */
#include "runtime/control/table.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char *const names[] = {"name", "number", "nat", NULL};

static void expect_printed(struct table *table, bool json, const char *expected) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert(table_print(table, out, json));
    fclose(out);
    cr_expect_str_eq(text, expected);
    free(text);
}

static void fill(struct table *table, struct arena *arena) {
    table_init(table, arena, names);
    table_text(table, SLICE("j\xc3\xbcrgen"));
    table_number(table, -12);
    table_truth(table, true);
    table_text(table, SLICE("\x1b[31m\"\\\t\xff\n"));
    table_number(table, 7);
    table_truth(table, false);
    table_text(table, SLICE_NULL);
    table_number(table, 0);
    table_truth(table, false);
}

Test(table, is_columns_for_people_and_nothing_that_a_terminal_could_obey) {
    struct arena arena;
    struct table table;
    arena_init(&arena, NULL, 0, 0);
    fill(&table, &arena);
    expect_printed(&table, false,
                   "name                    number  nat\n"
                   "j\xc3\xbcrgen                  -12     yes\n"
                   "\\x1b[31m\"\\\\x09\\xff\\x0a  7\n"
                   "                        0\n");
    arena_free(&arena);
}

Test(table, is_an_array_of_objects_for_programs) {
    struct arena arena;
    struct table table;
    arena_init(&arena, NULL, 0, 0);
    fill(&table, &arena);
    expect_printed(&table, true,
                   "[\n"
                   "  {\"name\": \"j\xc3\xbcrgen\", \"number\": -12, \"nat\": true},\n"
                   "  {\"name\": \"\\u001b[31m\\\"\\\\\\u0009\xef\xbf\xbd\\u000a\", \"number\": 7, \"nat\": false},\n"
                   "  {\"name\": null, \"number\": 0, \"nat\": false}\n"
                   "]\n");
    arena_free(&arena);
}

Test(table, may_be_empty) {
    struct arena arena;
    struct table table;
    arena_init(&arena, NULL, 0, 0);
    table_init(&table, &arena, names);
    expect_printed(&table, false, "name  number  nat\n");
    expect_printed(&table, true, "[]\n");
    arena_free(&arena);
}

Test(table, without_memory_prints_nothing) {
    struct arena arena;
    struct table table;
    arena_init(&arena, NULL, 0, 500);
    fill(&table, &arena);
    cr_expect_not(table_print(&table, stderr, false));
    arena_free(&arena);
}
