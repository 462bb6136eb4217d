/* SPDX-License-Identifier: MIT */
#include "runtime/state/columns.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct column *column_named(enum store_kind kind, const char *name) {
    const struct columns *columns = columns_of(kind);
    for (unsigned i = 0; i < columns->count; i++)
        if (strcmp(columns->list[i].name, name) == 0)
            return &columns->list[i];
    cr_assert_fail("no column %s", name);
    return NULL;
}

static bool set_text(struct store_row *row, const char *name, struct slice text) {
    struct column_value value = {.form = FORM_TEXT, .text = text};
    return column_set(row, column_named(row->kind, name), &value);
}

static bool set_number(struct store_row *row, const char *name, int64_t number) {
    struct column_value value = {.form = FORM_NUMBER, .number = number};
    return column_set(row, column_named(row->kind, name), &value);
}

Test(columns, every_kind_has_its_table_and_its_key_first) {
    static const char *const tables[] = {"setting", "user", "alias", "binding", "block"};
    static const unsigned keys[] = {1, 1, 2, 2, 1};
    for (unsigned kind = 0; kind < STORE_KINDS; kind++) {
        const struct columns *columns = columns_of((enum store_kind)kind);
        cr_expect_str_eq(columns->table, tables[kind]);
        cr_expect_eq(columns->keys, keys[kind]);
        cr_expect_leq(columns->count, COLUMNS_MAX);
    }
}

Test(columns, an_endpoint_comes_back_as_it_went) {
    static const char *const texts[] = {"udp:192.0.2.1:5060", "tcp:192.0.2.255:1", "udp:[2001:db8::1]:65535",
                                        "udp:[fe80::1%4294967295]:5060", "wss:[::1]:443"};
    const struct column *column = column_named(STORE_BINDING, "received");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct store_row row = {.kind = STORE_BINDING};
        char buffer[COLUMN_TEXT_SIZE];
        cr_assert(set_text(&row, "received", slice_of(texts[i])), "%s", texts[i]);
        struct column_value value = column_get(&row, column, buffer);
        cr_expect(slice_equal(value.text, slice_of(texts[i])), "%s became %.*s", texts[i], SLICE_ARG(value.text));
    }
}

Test(columns, what_is_no_endpoint_is_refused) {
    static const char *const texts[] = {"",
                                        "udp",
                                        "udp:",
                                        ":",
                                        "::",
                                        "udp:192.0.2.1",
                                        "udp:192.0.2.1:",
                                        "udp:192.0.2.1:0",
                                        "udp:192.0.2.1:65536",
                                        "udp:192.0.2.1:5060 ",
                                        "upd:192.0.2.1:5060",
                                        "udp:2001:db8::1:5060",
                                        "udp:[2001:db8::1:5060",
                                        "udp:[192.0.2.1]:5060",
                                        "udp:[fe80::1%]:5060",
                                        "udp:[fe80::1%4294967296]:5060",
                                        "udp:[]:5060",
                                        "udp:host:5060"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct store_row row = {.kind = STORE_BINDING};
        cr_expect_not(set_text(&row, "received", slice_of(texts[i])), "%s", texts[i]);
    }
}

Test(columns, numbers_and_texts_have_bounds) {
    static const struct {
        enum store_kind kind;
        const char *name;
        int64_t most;
    } cases[] = {{STORE_BINDING, "q", 1000},
                 {STORE_BINDING, "cseq", UINT32_MAX},
                 {STORE_BINDING, "nat", 1},
                 {STORE_BINDING, "expires", INT64_MAX},
                 {STORE_USER, "push", 1}};
    static char text[STORE_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct store_row row = {.kind = cases[i].kind};
        cr_expect(set_number(&row, cases[i].name, cases[i].most), "%s", cases[i].name);
        cr_expect_not(set_number(&row, cases[i].name, -1), "%s", cases[i].name);
        if (cases[i].most < INT64_MAX)
            cr_expect_not(set_number(&row, cases[i].name, cases[i].most + 1), "%s", cases[i].name);
        cr_expect_not(set_text(&row, cases[i].name, SLICE("1")), "%s", cases[i].name);
    }
    struct store_row user = {.kind = STORE_USER};
    memset(text, 'a', sizeof text);
    cr_expect(set_text(&user, "name", (struct slice){text, STORE_TEXT_MAX}));
    cr_expect_not(set_text(&user, "name", (struct slice){text, sizeof text}));
    cr_expect_not(set_number(&user, "name", 1));
}

Test(columns, a_digest_is_hexadecimal_of_its_length_or_null) {
    struct store_row row = {.kind = STORE_USER};
    const struct column_value null = {.form = FORM_NULL};
    cr_expect(set_text(&row, "md5", SLICE("0123456789abcdef0123456789abcdef")));
    cr_expect_not(set_text(&row, "md5", SLICE("0123456789ABCDEF0123456789abcdef")));
    cr_expect_not(set_text(&row, "md5", SLICE("0123456789abcdef0123456789abcde")));
    cr_expect_not(set_text(&row, "sha256", SLICE("0123456789abcdef0123456789abcdef")));
    cr_expect(column_set(&row, column_named(STORE_USER, "md5"), &null));
    cr_expect_null(row.user.md5.at);
    cr_expect_not(column_set(&row, column_named(STORE_USER, "name"), &null));
}

Test(columns, rows_are_ordered_by_kind_and_key_alone) {
    const struct store_row rows[] = {
        {.kind = STORE_USER, .user = {.name = SLICE("a")}},
        {.kind = STORE_USER, .user = {.name = SLICE("ab")}},
        {.kind = STORE_ALIAS, .alias = {.alias = SLICE("z")}},
        {.kind = STORE_ALIAS, .alias = {.group = SLICE("g"), .alias = SLICE("a")}},
        {.kind = STORE_BLOCK, .block = {.ip = {.family = 4, .bytes = {10, 0, 0, 1}}}},
        {.kind = STORE_BLOCK, .block = {.ip = {.family = 4, .bytes = {10, 0, 0, 2}}}},
        {.kind = STORE_BLOCK, .block = {.ip = {.family = 6, .bytes = {1}}}},
    };
    enum { COUNT = sizeof rows / sizeof *rows };
    for (unsigned i = 0; i < COUNT; i++)
        for (unsigned j = 0; j < COUNT; j++) {
            int order = columns_order(&rows[i], &rows[j]);
            cr_expect_eq((order > 0) - (order < 0), (i > j) - (i < j), "%u %u", i, j);
        }
    struct store_row other = rows[0];
    other.gone = true;
    other.user.realm = SLICE("elsewhere");
    cr_expect_eq(columns_order(&rows[0], &other), 0);
}

Test(columns, a_copy_has_its_own_texts_and_one_that_is_gone_only_its_key) {
    struct arena arena;
    char name[] = "alice", realm[] = "example.com";
    struct store_row copy, row = {.kind = STORE_USER, .user = {.name = slice_of(name), .realm = slice_of(realm)}};
    arena_init(&arena, NULL, 0, 0);
    cr_assert(columns_copy(&copy, &row, &arena));
    row.gone = true;
    struct store_row gone;
    cr_assert(columns_copy(&gone, &row, &arena));
    memset(name, 'x', sizeof name);
    memset(realm, 'x', sizeof realm);
    cr_expect(slice_equal(copy.user.name, SLICE("alice")));
    cr_expect(slice_equal(copy.user.realm, SLICE("example.com")));
    cr_expect_null(copy.user.md5.at);
    cr_expect(slice_equal(gone.user.name, SLICE("alice")));
    cr_expect_null(gone.user.realm.at);
    arena_free(&arena);
}

Test(columns, a_copy_without_memory_is_none) {
    struct arena arena;
    struct store_row copy, row = {.kind = STORE_USER, .user = {.name = SLICE("alice")}};
    arena_init(&arena, NULL, 0, 3);
    cr_expect_not(columns_copy(&copy, &row, &arena));
    arena_free(&arena);
}
