/* SPDX-License-Identifier: MIT */
#include "grammar/slice.h"

#include <criterion/criterion.h>
#include <string.h>

Test(slice, a_null_slice_and_an_empty_one_are_equal_but_not_the_same_value) {
    cr_assert(slice_equal(SLICE_NULL, SLICE_EMPTY));
    cr_assert_null(slice_of(NULL).at);
    cr_assert_not_null(slice_of("").at);
}

Test(slice, letter_case_is_ascii_only) {
    cr_assert(slice_same(SLICE("Call-ID"), SLICE("CALL-id")));
    cr_assert_not(slice_same(SLICE("\xc3\xa4"), SLICE("\xc3\x84"))); /* a-umlaut, A-umlaut */
    cr_assert_not(slice_same(SLICE("["), SLICE("{")));               /* 0x5b and 0x7b: a bit apart like letters */
    cr_assert(slice_starts_same(SLICE("INVITE sip:"), SLICE("invite")));
    cr_assert_not(slice_starts(SLICE("ab"), SLICE("abc")));
}

Test(slice, trimming_takes_blanks_and_line_ends_from_both_ends_alone) {
    cr_assert(slice_equal(slice_trim(SLICE(" \t\r\n a b \r\n")), SLICE("a b")));
    cr_assert_eq(slice_trim(SLICE(" \t ")).len, 0);
}

Test(slice, cutting_stays_inside) {
    struct slice s = SLICE("abcdef");
    cr_assert(slice_equal(slice_cut(s, 2, 4), SLICE("cd")));
    cr_assert(slice_equal(slice_cut(s, 4, 99), SLICE("ef")));
    cr_assert_eq(slice_cut(s, 5, 2).len, 0);
    cr_assert(slice_equal(slice_from(s, 6), SLICE("")));
    cr_assert_eq(slice_find(s, 0, 'c'), 2);
    cr_assert_eq(slice_find(s, 3, 'c'), 6);
    cr_assert_eq(slice_find(s, 7, 'a'), 6);
}

Test(slice, numbers_are_digits_alone_and_keep_their_maximum) {
    static const struct {
        const char *text;
        uint64_t max;
        bool good;
        uint64_t number;
    } cases[] = {
        {"0", 0, true, 0},
        {"255", 255, true, 255},
        {"256", 255, false, 0},
        {"0068", 255, true, 68},
        {"", 9, false, 0},
        {"-1", 9, false, 0},
        {" 1", 9, false, 0},
        {"1x", 9, false, 0},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"7", 5, false, 0},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"99999999999999999999999999", UINT64_MAX, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t number = 0;
        bool good = slice_number(slice_of(cases[i].text), cases[i].max, &number);
        cr_assert_eq(good, cases[i].good, "\"%s\"", cases[i].text);
        cr_assert_eq(number, cases[i].number, "\"%s\"", cases[i].text);
    }
}

Test(slice, token_characters_are_those_of_rfc_3261) {
    for (int c = 0; c < 256; c++) {
        bool token = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c && c < 128 && strchr("-.!%*_+`'~", c));
        cr_assert_eq(byte_is_token((unsigned char)c), token, "byte %d", c);
    }
}
