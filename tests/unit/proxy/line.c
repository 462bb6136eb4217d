/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/line.h"

#include <criterion/criterion.h>

#include <string.h>

struct row {
    struct slice value;
    const char *json, *logfmt;
};

static const struct row rows[] = {
    {SLICE(""), "\"\"", "\"\""},
    {SLICE("sip:100@192.0.2.1:5060"), "\"sip:100@192.0.2.1:5060\"", "sip:100@192.0.2.1:5060"},
    {SLICE("a b"), "\"a b\"", "\"a b\""},
    {SLICE("x=1"), "\"x=1\"", "\"x=1\""},
    {SLICE("say \"hi\""), "\"say \\\"hi\\\"\"", "\"say \\\"hi\\\"\""},
    {SLICE("back\\slash"), "\"back\\\\slash\"", "\"back\\\\slash\""},
    {SLICE("1\r\nevent=forged"), "\"1\\u000d\\u000aevent=forged\"", "\"1\\x0d\\x0aevent=forged\""},
    {SLICE("tab\there\x7f"), "\"tab\\u0009here\\u007f\"", "\"tab\\x09here\\x7f\""},
    {SLICE("nul\0byte"), "\"nul\\u0000byte\"", "\"nul\\x00byte\""},
    {SLICE("J\xc3\xbcrgen"), "\"J\xc3\xbcrgen\"", "\"J\\xc3\\xbcrgen\""},
    /* Not UTF-8: a lone continuation, an overlong slash, a surrogate, beyond U+10FFFF, a sequence
       cut short. */
    {SLICE("\x80"), "\"\xef\xbf\xbd\"", "\"\\x80\""},
    {SLICE("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"", "\"\\xc0\\xaf\""},
    {SLICE("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "\"\\xed\\xa0\\x80\""},
    {SLICE("\xf4\x90\x80\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "\"\\xf4\\x90\\x80\\x80\""},
    {SLICE("\xe2\x82"), "\"\xef\xbf\xbd\xef\xbf\xbd\"", "\"\\xe2\\x82\""},
    {SLICE("\xf0\x9f\x93\x9e"), "\"\xf0\x9f\x93\x9e\"", "\"\\xf0\\x9f\\x93\\x9e\""},
};

static void expect(struct line *line, const char *text, unsigned row) {
    struct slice written = line_slice(line);
    cr_expect(written.len == strlen(text) && memcmp(written.at, text, written.len) == 0, "row %u: %.*s", row,
              SLICE_ARG(written));
}

Test(line, values_of_peers_cannot_end_a_string_or_a_line) {
    struct arena arena;
    struct line line;
    arena_init(&arena, NULL, 0, 0);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        line_init(&line, &arena);
        line_json(&line, rows[i].value);
        expect(&line, rows[i].json, i);
        line_init(&line, &arena);
        line_logfmt(&line, rows[i].value);
        expect(&line, rows[i].logfmt, i);
    }
    arena_free(&arena);
}

Test(line, a_long_value_is_cut_in_the_log_and_whole_in_json) {
    struct arena arena;
    struct line line;
    char value[4000];
    memset(value, 'x', sizeof value);
    arena_init(&arena, NULL, 0, 0);
    line_init(&line, &arena);
    line_logfmt(&line, (struct slice){value, sizeof value});
    cr_expect_eq(line.len, 1 + 256 + 3 + 1); /* quoted, with "..." behind it */
    line_init(&line, &arena);
    line_json(&line, (struct slice){value, sizeof value});
    cr_expect_eq(line.len, sizeof value + 2);
    arena_free(&arena);
}

Test(line, numbers_are_decimal) {
    struct arena arena;
    struct line line;
    arena_init(&arena, NULL, 0, 0);
    line_init(&line, &arena);
    line_number(&line, 0);
    line_byte(&line, ' ');
    line_number(&line, UINT64_MAX);
    expect(&line, "0 18446744073709551615", 0);
    arena_free(&arena);
}

Test(line, without_memory_it_stays_as_it_is_and_says_so) {
    char room[600];
    struct arena arena;
    struct line line;
    arena_init(&arena, room, sizeof room, sizeof room);
    line_init(&line, &arena);
    line_add(&line, SLICE("first"));
    for (unsigned i = 0; i < 200; i++)
        line_add(&line, SLICE("0123456789"));
    cr_expect(line.failed);
    cr_expect_lt(line.len, 600);
    cr_expect(slice_starts(line_slice(&line), SLICE("first0123456789")));
    arena_free(&arena);
}
