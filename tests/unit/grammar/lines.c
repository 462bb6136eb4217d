/* SPDX-License-Identifier: MIT */
#include "grammar/lines.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena arena;
static struct diag_options options;
static struct diag_list diags;
static struct source source;

static void setup(void) {
    arena_init(&arena, NULL, 0, 0);
    diag_options_init(&options);
    diag_list_init(&diags, &arena, &options);
}

static void teardown(void) {
    arena_free(&arena);
}

TestSuite(lines, .init = setup, .fini = teardown);

static void read_lines(struct slice raw) {
    cr_assert_eq(source_open(&source, &arena, "name", raw, 0), 0);
    cr_assert_eq(lines_read(&source, &arena, &diags), 0);
}

Test(lines, line_ends_and_the_byte_order_mark_become_plain) {
    read_lines(SLICE("\xef\xbb\xbf"
                     "a\r\nb\n\r\nc"));
    cr_assert(slice_equal(source.text, SLICE("a\nb\n\nc\n")));
    cr_assert_eq(diags.count, 0);
}

Test(lines, a_blank_and_a_backslash_join_lines_and_leave_one_blank_for_themselves) {
    read_lines(SLICE("a \\\r\n \t\xc2\xa0"
                     "b \\\n  c\nd\\\ne \\\\\nf \\"));
    cr_assert(slice_equal(source.text, SLICE("a  b  c\nd\\\ne \\\\\nf \n")), "%.*s", SLICE_ARG(source.text));
}

Test(lines, a_comment_does_not_go_on) {
    read_lines(SLICE("  # a \\\nb\n"));
    cr_assert(slice_equal(source.text, SLICE("  # a \\\nb\n\n")));
}

Test(lines, every_byte_knows_where_it_was_read) {
    read_lines(SLICE("\xef\xbb\xbf"
                     "a\r\nb \\\r\n  c\r\nd"));
    static const char wanted[] = "a\nb  c\nd\n";
    cr_assert(slice_equal(source.text, slice_of(wanted)));
    for (uint32_t i = 0; i < sizeof wanted - 1; i++)
        if (wanted[i] >= 'a')
            cr_assert_eq(source.raw.at[source_raw(&source, i)], wanted[i], "byte %u", i);
    cr_assert_eq(source_place(&source, source_raw(&source, 5)).line, 3); /* c */
    cr_assert_eq(source_place(&source, source_raw(&source, 5)).column, 3);
}

Test(lines, bytes_that_may_not_stand_are_reported_once_a_line_and_replaced) {
    static const struct {
        const char *text;
        size_t length;
        const char *message;
    } cases[] = {
        {"a\0b", 3, "control character 0x00"},     {"a\rb", 3, "a CR that no LF follows"},
        {"a\x1b[1m", 5, "control character 0x1B"}, {"a\xff\xfe", 3, "byte 0xFF is not UTF-8"},
        {"a\x7f", 2, "control character 0x7F"},    {"a\xc2\x85", 3, "control character 0x85"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        diag_list_init(&diags, &arena, &options);
        read_lines((struct slice){cases[i].text, cases[i].length});
        cr_assert_eq(diags.count, 1, "case %zu", i);
        cr_assert_eq(diags.first->code, DIAG_TEXT_BYTE);
        cr_assert_str_eq(diags.first->message, cases[i].message);
        cr_assert_eq(diags.first->span.start, 1);
        for (size_t at = 0; at < source.text.len - 1; at++)
            cr_assert_geq(source.text.at[at], ' ');
    }
}

Test(lines, a_line_may_have_64_KiB_also_a_joined_one) {
    static char text[3 * LINE_LENGTH_MAX];
    memset(text, 'x', sizeof text);
    text[LINE_LENGTH_MAX] = '\n';
    read_lines((struct slice){text, LINE_LENGTH_MAX + 1});
    cr_assert_eq(diags.count, 0);
    memset(text, 'x', sizeof text);
    read_lines((struct slice){text, LINE_LENGTH_MAX + 1});
    cr_assert_eq(diags.count, 1);
    cr_assert_eq(diags.first->code, DIAG_TEXT_LENGTH);
    cr_assert(slice_equal(source.text, SLICE("\n")));
    memcpy(text + LINE_LENGTH_MAX - 2, " \\\n", 3);
    read_lines((struct slice){text, LINE_LENGTH_MAX + 3});
    cr_assert_eq(diags.count, 2);
}

Test(lines, blanks_are_trimmed_with_those_of_web_pages) {
    cr_assert(slice_equal(blank_trim(SLICE("\xc2\xa0 \ta\xc2\xa0"
                                           "b\t\xc2\xa0")),
                          SLICE("a\xc2\xa0"
                                "b")));
    cr_assert_eq(blank_trim(SLICE(" \xc2\xa0")).len, 0);
    cr_assert_eq(blank_trim(SLICE("\xc3\xa0")).len, 2); /* a-grave ends in the same byte */
}
