/* SPDX-License-Identifier: MIT */
#include "grammar/source.h"

#include <criterion/criterion.h>

static struct arena arena;

static struct source open_source(struct slice text) {
    struct source source;
    arena_init(&arena, NULL, 0, 0);
    cr_assert_eq(source_open(&source, &arena, "name", text, 0), 0);
    return source;
}

Test(source, a_place_counts_lines_and_characters_from_one) {
    /* "ä" has two bytes, the sign of the euro three, the smile four */
    struct source source = open_source(SLICE("ab\n\xc3\xa4\xe2\x82\xac"
                                             "c\xf0\x9f\x98\x80"
                                             "d\r\n\nlast"));
    static const struct {
        uint32_t offset, line, column;
    } cases[] = {{0, 1, 1}, {1, 1, 2},  {2, 1, 3},  {3, 2, 1},  {5, 2, 2}, {8, 2, 3},
                 {9, 2, 4}, {13, 2, 5}, {16, 3, 1}, {17, 4, 1}, {21, 4, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct place place = source_place(&source, cases[i].offset);
        cr_assert_eq(place.line, cases[i].line, "offset %u: line %u", cases[i].offset, place.line);
        cr_assert_eq(place.column, cases[i].column, "offset %u: column %u", cases[i].offset, place.column);
    }
    arena_free(&arena);
}

Test(source, lines_come_without_their_ends_and_without_a_byte_order_mark) {
    struct source source = open_source(SLICE("\xef\xbb\xbf"
                                             "one\r\ntwo\n\nfour"));
    static const char *const lines[] = {"one", "two", "", "four"};
    cr_assert_eq(source.line_count, 4);
    for (uint32_t i = 0; i < 4; i++)
        cr_assert(slice_equal(source_line(&source, i + 1), slice_of(lines[i])), "line %u", i + 1);
    cr_assert_eq(source_place(&source, 3).column, 1);
    arena_free(&arena);
}

Test(source, only_shortest_utf8_of_characters_is_read) {
    static const struct {
        const char *bytes;
        unsigned length;
        uint32_t point;
    } cases[] = {
        {"a", 1, 'a'},
        {"\xc2\x80", 2, 0x80},
        {"\xdf\xbf", 2, 0x7ff},
        {"\xe0\xa0\x80", 3, 0x800},
        {"\xef\xbf\xbf", 3, 0xffff},
        {"\xf0\x90\x80\x80", 4, 0x10000},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"\xc1\xbf", 0, 0},
        {"\xe0\x9f\xbf", 0, 0},
        {"\xf0\x8f\xbf\xbf", 0, 0},
        {"\xed\xa0\x80", 0, 0},
        {"\xf4\x90\x80\x80", 0, 0},
        {"\x80", 0, 0},
        {"\xe2\x82", 0, 0},
        {"\xff", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t point = 0;
        cr_assert_eq(utf8_read(slice_of(cases[i].bytes), 0, &point), cases[i].length, "case %zu", i);
        if (cases[i].length)
            cr_assert_eq(point, cases[i].point, "case %zu", i);
    }
}

Test(source, a_glyph_is_as_wide_as_a_terminal_shows_it) {
    static const struct {
        const char *bytes;
        unsigned column, width;
        bool shown;
    } cases[] = {
        {"a", 0, 1, true},
        {"\t", 0, 8, true},
        {"\t", 7, 1, true},
        {"\t", 8, 8, true},
        {"\xc3\xa4", 0, 1, true},
        {"\xe4\xb8\xad", 0, 2, true},  /* U+4E2D, a wide one */
        {"\xcc\x88", 0, 0, true},      /* U+0308 combines */
        {"\x1b", 0, 1, false},         /* ESC must not reach a terminal */
        {"\xc2\x9b", 0, 1, false},     /* nor CSI */
        {"\xe2\x80\xae", 0, 1, false}, /* U+202E turns the line around */
        {"\xff", 0, 1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct glyph glyph = source_glyph(slice_of(cases[i].bytes), 0, cases[i].column);
        cr_assert_eq(glyph.width, cases[i].width, "case %zu", i);
        cr_assert_eq(glyph.shown, cases[i].shown, "case %zu", i);
    }
}

Test(source, text_is_utf_8_without_control_characters) {
    static const struct {
        struct slice text;
        bool good;
    } rows[] = {
        {SLICE(""), true},
        {SLICE("caf\xc3\xa9, \xe2\x82\xac 5"), true},
        {SLICE("a\tb"), false},
        {SLICE("a\x1b[31mb"), false},
        {SLICE("a\xc2\x9b"
               "31mb"),
         false},
        {SLICE("a\x7f"), false},
        {SLICE("a\xff"), false},
        {SLICE("a\xc3"), false},
        {SLICE("a\0b"), false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(utf8_is_text(rows[i].text), rows[i].good, "row %zu", i);
}
