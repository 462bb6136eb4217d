/* SPDX-License-Identifier: MIT */
#include "grammar/diag.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena arena;
static struct diag_options options;
static struct diag_list list;
static struct source source, other;

static void setup(void) {
    arena_init(&arena, NULL, 0, 0);
    diag_options_init(&options);
    diag_list_init(&list, &arena, &options);
    cr_assert_eq(source_open(&source, &arena, "plans/office.txt", SLICE("first\nTo\t= sip:%3@host\n"), 0), 0);
    cr_assert_eq(source_open(&other, &arena, "other.txt", SLICE("x\n"), 1), 0);
}

static void teardown(void) {
    arena_free(&arena);
}

TestSuite(diag, .init = setup, .fini = teardown);

static struct span at(uint32_t start, uint32_t end) {
    return (struct span){&source, start, end};
}

static void expect(const char *wanted, bool colour) {
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    cr_assert_eq(diag_print(&list, out, colour), 0);
    fclose(out);
    cr_assert_str_eq(text, wanted);
    free(text);
}

static struct diag *report(enum diag_code code, struct span span, const char *message) {
    return diag_report(&list, code, span, "%s", message);
}

Test(diag, a_message_shows_its_line_with_a_caret_under_the_range) {
    struct diag *diag = report(DIAG_CAPTURE_RANGE, at(15, 17), "%3 is none");
    diag_note(&list, diag, at(0, 1), "counted from %s", "here");
    diag_help(&list, diag, "write %%1");
    expect("plans/office.txt:2:10: error: %3 is none [capture-range]\n"
           "    2 | To      = sip:%3@host\n"
           "      |               ^~\n"
           "      = help: write %1\n"
           "plans/office.txt:1:1: note: counted from here\n",
           false);
}

Test(diag, messages_come_by_place_then_in_the_order_of_reporting_and_each_once) {
    report(DIAG_SYNTAX, (struct span){&other, 0, 1}, "other file");
    report(DIAG_SYNTAX, SPAN_NONE, "nowhere");
    report(DIAG_SYNTAX, at(1, 2), "b");
    report(DIAG_SYNTAX, at(0, 1), "a");
    report(DIAG_LIMIT, at(0, 1), "a");
    report(DIAG_SYNTAX, at(0, 1), "a");
    expect("plans/office.txt:1:1: error: a [syntax]\n    1 | first\n      | ^\n"
           "plans/office.txt:1:1: error: a [limit]\n    1 | first\n      | ^\n"
           "plans/office.txt:1:2: error: b [syntax]\n    1 | first\n      |  ^\n"
           "other.txt:1:1: error: other file [syntax]\n    1 | x\n      | ^\n"
           "error: nowhere [syntax]\n",
           false);
}

Test(diag, what_must_not_reach_a_terminal_is_shown_as_a_replacement) {
    cr_assert_eq(source_open(&source, &arena, "n", SLICE("a\x1b[1mb\xff\n"), 0), 0);
    report(DIAG_SYNTAX, at(1, 2), "\x1b[2J and \xff");
    expect("n:1:2: error: \xef\xbf\xbd[2J and \xef\xbf\xbd [syntax]\n    1 | "
           "a\xef\xbf\xbd[1mb\xef\xbf\xbd\n      |  ^\n",
           false);
}

Test(diag, a_wide_line_is_cut_around_the_caret) {
    static char wide[1001];
    memset(wide, 'x', 1000);
    cr_assert_eq(source_open(&source, &arena, "n", (struct slice){wide, 1000}, 0), 0);
    report(DIAG_SYNTAX, at(500, 503), "there");
    char wanted[600];
    snprintf(wanted, sizeof wanted, "n:1:501: error: there [syntax]\n    1 | ...%.140s...\n      | %53s^~~\n", wide,
             "");
    expect(wanted, false);
}

Test(diag, colour_is_there_only_when_asked_for) {
    report(DIAG_SYNTAX, at(0, 1), "a");
    expect("\033[1mplans/office.txt:1:1:\033[0m \033[1;31merror:\033[0m a [syntax]\n"
           "    1 | first\n      | \033[1;32m^\033[0m\n",
           true);
}

Test(diag, warnings_are_switched_by_name) {
    char why[160];
    cr_assert_not(diag_wanted(&list, DIAG_EXTENSION));
    cr_assert_null(diag_option(&options, "extension", why, sizeof why));
    cr_assert(diag_wanted(&list, DIAG_EXTENSION));
    cr_assert_null(diag_option(&options, "no-extension", why, sizeof why));
    cr_assert_null(report(DIAG_EXTENSION, at(0, 1), "x"));
    cr_assert_null(diag_option(&options, "error=extension", why, sizeof why));
    cr_assert(report(DIAG_EXTENSION, at(0, 1), "x")->error);
    cr_assert_not(report(DIAG_UNCONDITIONAL, at(0, 1), "x")->error);
    cr_assert_null(diag_option(&options, "error", why, sizeof why));
    cr_assert(report(DIAG_UNCONDITIONAL, at(0, 1), "x")->error);
    cr_assert_eq(list.errors, 2);
}

Test(diag, an_error_cannot_be_switched_off_and_an_unknown_name_is_refused) {
    char why[160];
    cr_assert_str_eq(diag_option(&options, "no-syntax", why, sizeof why), "'syntax' is always an error");
    cr_assert_str_eq(diag_option(&options, "syntax", why, sizeof why), "'syntax' is always an error");
    cr_assert_null(diag_option(&options, "error=syntax", why, sizeof why));
    cr_assert_str_eq(diag_option(&options, "no-unconditionl", why, sizeof why),
                     "no warning is called 'unconditionl'; did you mean 'unconditional'?");
    cr_assert_str_eq(diag_option(&options, "", why, sizeof why), "no warning is called ''");
}

Test(diag, after_a_hundred_errors_the_rest_is_left_out_and_warnings_go_on) {
    for (unsigned i = 0; i < 150; i++)
        diag_report(&list, DIAG_SYNTAX, at(0, 1), "number %u", i);
    report(DIAG_UNCONDITIONAL, at(2, 3), "still said");
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    diag_print(&list, out, false);
    fclose(out);
    cr_assert_not_null(strstr(text, "number 99 "));
    cr_assert_null(strstr(text, "number 100 "));
    cr_assert_not_null(strstr(text, "more than 100 errors: the rest is left out [many-errors]"));
    cr_assert_not_null(strstr(text, "still said"));
    cr_assert_eq(list.errors, 150);
    free(text);
}

Test(diag, without_memory_the_list_says_that_something_was_lost) {
    struct arena small;
    arena_init(&small, NULL, 0, 8);
    diag_list_init(&list, &small, &options);
    cr_assert_null(report(DIAG_SYNTAX, at(0, 1), "x"));
    cr_assert(list.failed);
    cr_assert_eq(list.errors, 1);
    arena_free(&small);
}
