/* SPDX-License-Identifier: MIT */
#include "runtime/plan/number.h"

#include "grammar/value.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

static struct number number(const char *text) {
    struct number result;
    cr_assert(number_parse(&result, slice_of(text)), "%s", text);
    return result;
}

static void is(const struct number *value, const char *expected) {
    char buffer[NUMBER_TEXT];
    cr_assert_str_eq(number_format(value, buffer), expected);
}

Test(number, what_was_read_is_written_without_zeros_at_its_ends) {
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"+7", "7"},
        {"007", "7"},
        {"1.50", "1.5"},
        {"0.05", "0.05"},
        {"-000.500", "-0.5"},
        {"10.0", "10"},
        {"1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"},
        {"0.1234567890123456789012345678901234567890", "0.123456789012345678901234567890123456789"},
        {"00000000000000000000000000000000000000000000001", "1"},
        {"1.0000000000000000000000000000000000000000000000", "1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number value = number(rows[i][0]);
        is(&value, rows[i][1]);
    }
}

/* One grammar for numbers: what the compiler takes for one is one here, but for its length. */
Test(number, it_reads_what_the_compiler_reads) {
    static const char *const rows[] = {"",    "-",   "+",     "5",        "-5",  "+5",  "5.",  ".5",  "5.5", "5.5.5",
                                       "--5", "5-",  " 5",    "5 ",       "1e5", "0x5", "inf", "nan", "1,5", "5\t",
                                       "00",  "0.0", "-0.00", "\xd9\xa1", "+.5", "-5.", "1_0", "٣"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number exact;
        double value;
        cr_assert_eq(number_parse(&exact, slice_of(rows[i])), decimal_parse(&value, slice_of(rows[i])), "'%s'",
                     rows[i]);
    }
}

Test(number, a_number_of_more_digits_than_fit_is_none) {
    struct number value;
    cr_assert_not(number_parse(&value, SLICE("12345678901234567890123456789012345678901")));
    cr_assert_not(number_parse(&value, SLICE("0.00000000000000000000000000000000000000001")));
    cr_assert_not(number_parse(&value, SLICE("123456789012345678901234567890.12345678901")));
}

Test(number, numbers_have_an_order) {
    static const char *const rising[] = {"-12345678901234567890",
                                         "-10",
                                         "-9.5",
                                         "-9.25",
                                         "-0.1",
                                         "0",
                                         "0.01",
                                         "0.1",
                                         "0.11",
                                         "9",
                                         "10",
                                         "10.5",
                                         "99999999999999999999",
                                         "100000000000000000000"};
    enum { COUNT = sizeof rising / sizeof *rising };
    for (int i = 0; i < COUNT; i++) {
        for (int j = 0; j < COUNT; j++) {
            struct number a = number(rising[i]), b = number(rising[j]);
            int order = number_compare(&a, &b);
            cr_assert_eq((order > 0) - (order < 0), (i > j) - (i < j), "%s and %s: %d", rising[i], rising[j], order);
        }
    }
}

/* Against the machine's own whole numbers, and with the point moved. */
Test(number, arithmetic_agrees_with_that_of_whole_numbers) {
    uint64_t seed = 20261122;
    for (unsigned i = 0; i < 20000; i++) {
        int64_t pair[2];
        char texts[2][32], expected[32];
        for (unsigned k = 0; k < 2; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            pair[k] = (int64_t)(seed >> 33) >> (seed >> 8 & 31); /* of every size */
            if (seed & 64)
                pair[k] = -pair[k];
            snprintf(texts[k], sizeof texts[k], "%" PRId64, pair[k]);
        }
        struct number a = number(texts[0]), b = number(texts[1]), c;
        cr_assert(number_add(&c, &a, &b));
        snprintf(expected, sizeof expected, "%" PRId64, pair[0] + pair[1]);
        is(&c, expected);
        cr_assert(number_subtract(&c, &a, &b));
        snprintf(expected, sizeof expected, "%" PRId64, pair[0] - pair[1]);
        is(&c, expected);
        cr_assert(number_multiply(&c, &a, &b));
        snprintf(expected, sizeof expected, "%" PRId64, pair[0] * pair[1]);
        is(&c, expected);
        cr_assert_eq(number_remainder(&c, &a, &b), pair[1] != 0);
        if (pair[1]) {
            snprintf(expected, sizeof expected, "%" PRId64, pair[0] % pair[1]);
            is(&c, expected);
        }
    }
}

Test(number, fractions_are_exact) {
    struct number a = number("0.1"), b = number("0.2"), c;
    cr_assert(number_add(&c, &a, &b));
    is(&c, "0.3");
    a = number("1000000000000000000000.000000000000000001");
    b = number("-0.000000000000000001");
    cr_assert(number_add(&c, &a, &b));
    is(&c, "1000000000000000000000");
    a = number("7.25"), b = number("0.5");
    cr_assert(number_remainder(&c, &a, &b));
    is(&c, "0.25");
    a = number("-0.05"), b = number("3");
    cr_assert(number_remainder(&c, &a, &b));
    is(&c, "-0.05");
}

Test(number, a_result_that_does_not_fit_is_none) {
    struct number big = number("9999999999999999999999999999999999999999"), one = number("1"), c;
    struct number small = number("0.0000000000000000000000000000000000000001");
    cr_assert_not(number_add(&c, &big, &one));
    cr_assert_not(number_multiply(&c, &big, &big));
    cr_assert_not(number_multiply(&c, &small, &small));
    cr_assert_not(number_add(&c, &big, &small));
    cr_assert(number_subtract(&c, &big, &big));
    is(&c, "0");
    cr_assert(number_remainder(&c, &big, &small));
    is(&c, "0");
    cr_assert(number_remainder(&c, &small, &big));
    is(&c, "0.0000000000000000000000000000000000000001");
}

Test(number, a_whole_number_has_no_sign_and_no_fraction) {
    static const struct {
        const char *text;
        uint64_t max;
        bool whole;
        uint64_t value;
    } rows[] = {{"0", 5, true, 0},
                {"5", 5, true, 5},
                {"6", 5, false, 0},
                {"5.0", 5, true, 5},
                {"4.5", 5, false, 0},
                {"-1", 5, false, 0},
                {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
                {"18446744073709551616", UINT64_MAX, false, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct number value = number(rows[i].text);
        uint64_t whole = 0;
        cr_assert_eq(number_whole(&value, rows[i].max, &whole), rows[i].whole, "%s", rows[i].text);
        cr_assert_eq(whole, rows[i].value, "%s", rows[i].text);
    }
}
