/* SPDX-License-Identifier: MIT */
#include "grammar/value.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

Test(value, an_address_is_read_and_written_in_its_shortest_form) {
    static const struct {
        const char *text;
        unsigned family;
        const char *form; /* RFC 5952 */
    } rows[] = {
        {"192.0.2.1", 4, "192.0.2.1"},
        {"0.0.0.0", 4, "0.0.0.0"},
        {"255.255.255.255", 4, "255.255.255.255"},
        {"2001:DB8::1", 6, "2001:db8::1"},
        {"2001:0db8:0000:0000:0001:0000:0000:0001", 6, "2001:db8::1:0:0:1"},
        {"[2001:db8::1]", 6, "2001:db8::1"},
        {"::", 6, "::"},
        {"::1", 6, "::1"},
        {"2001:db8:0:1:1:1:1:1", 6, "2001:db8:0:1:1:1:1:1"},
        {"::ffff:192.0.2.1", 4, "192.0.2.1"},
        {"[::ffff:c000:201]", 4, "192.0.2.1"},
        {"64:ff9b::192.0.2.1", 6, "64:ff9b::c000:201"},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", 6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_address ip;
        char buffer[IP_TEXT];
        cr_assert(ip_parse(&ip, slice_of(rows[i].text)), "%s", rows[i].text);
        cr_expect_eq(ip.family, rows[i].family, "%s", rows[i].text);
        cr_expect_str_eq(ip_format(&ip, buffer), rows[i].form);
    }
    struct ip_address none = {0};
    char buffer[IP_TEXT] = "x";
    cr_expect_str_eq(ip_format(&none, buffer), "");
}

Test(value, what_is_no_address_is_refused) {
    static const char *const rows[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.4 ",
        " 1.2.3.4",
        "0x1.2.3.4",
        "[1.2.3.4]",
        "[2001:db8::1",
        "2001:db8::1]",
        "[]",
        "fe80::1%eth0",
        "1::2::3",
        "12345::",
        ":::",
        "host",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "::ffff:01.2.3.4",
        "1.2.3.4/8",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };
    struct ip_address ip;
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_not(ip_parse(&ip, slice_of(rows[i])), "'%s'", rows[i]);
    cr_expect_not(ip_parse(&ip, (struct slice){"1.2.3.4\0", 8}));
    cr_expect_not(ip_parse(&ip, SLICE_NULL));
}

Test(value, addresses_of_one_family_have_an_order) {
    static const struct {
        const char *a, *b;
        int sign; /* 2: do not compare */
    } rows[] = {
        {"10.0.0.1", "10.0.0.2", -1}, {"10.0.1.0", "10.0.0.255", 1},    {"200.0.0.0", "100.0.0.0", 1},
        {"1.2.3.4", "1.2.3.4", 0},    {"::ffff:1.2.3.4", "1.2.3.4", 0}, {"2001:db8::", "2001:db8::1", -1},
        {"1.2.3.4", "::1.2.3.4", 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_address a, b;
        int order = 0;
        cr_assert(ip_parse(&a, slice_of(rows[i].a)) && ip_parse(&b, slice_of(rows[i].b)));
        cr_assert_eq(ip_compare(&a, &b, &order), rows[i].sign != 2);
        cr_expect_eq((order > 0) - (order < 0), rows[i].sign == 2 ? 0 : rows[i].sign, "%s %s", rows[i].a, rows[i].b);
        cr_expect_eq(ip_equal(&a, &b), rows[i].sign == 0);
    }
    struct ip_address none = {0};
    cr_expect_not(ip_equal(&none, &none));
}

Test(value, a_block_holds_the_addresses_with_its_prefix) {
    static const struct {
        const char *block, *ip;
        bool has;
    } rows[] = {
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.1.2.3/8", "10.9.9.9", true},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"192.0.2.7/32", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"172.16.0.0/12", "172.31.255.255", true},
        {"172.16.0.0/12", "172.32.0.0", false},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},
        {"[2001:db8::]/33", "2001:db8:8000::", false},
        {"2001:db8::1/128", "2001:db8::1", true},
        {"2001:db8::1", "2001:db8::2", false},
        {"::/0", "2001:db8::1", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"::ffff:10.0.0.0/104", "11.1.2.3", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_block block;
        struct ip_address ip;
        cr_assert(ip_block_parse(&block, slice_of(rows[i].block)), "%s", rows[i].block);
        cr_assert(ip_parse(&ip, slice_of(rows[i].ip)));
        cr_expect_eq(ip_block_has(&block, &ip), rows[i].has, "%s %s", rows[i].block, rows[i].ip);
    }
    static const char *const broken[] = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0/8",
        "10.0.0.0/08",
        "::1/129",
        "10.0.0.0 /8",
        "10.0.0.0/ 8",
        "10.0.0.0/8.0",
        "::ffff:10.0.0.0/64",
    };
    struct ip_block block;
    for (size_t i = 0; i < COUNT(broken); i++)
        cr_expect_not(ip_block_parse(&block, slice_of(broken[i])), "'%s'", broken[i]);
}

Test(value, a_truth_value_is_true_or_false_in_any_case) {
    bool value;
    cr_expect(boolean_parse(&value, SLICE("true")) && value);
    cr_expect(boolean_parse(&value, SLICE("TRUE")) && value);
    cr_expect(boolean_parse(&value, SLICE("False")) && !value);
    static const char *const broken[] = {"", "yes", "1", "0", "on", "tru", "truee", " true", "false "};
    for (size_t i = 0; i < COUNT(broken); i++)
        cr_expect_not(boolean_parse(&value, slice_of(broken[i])), "'%s'", broken[i]);
}

Test(value, a_duration_is_a_number_with_a_unit) {
    static const struct {
        const char *text;
        uint32_t milliseconds;
    } rows[] = {
        {"10", 10000},       {"0", 0},
        {"0.5", 500},        {"500ms", 500},
        {"500 ms", 500},     {"10s", 10000},
        {"10 sec", 10000},   {"10SEC", 10000},
        {"2m", 120000},      {"1.5m", 90000},
        {"1440m", 86400000}, {"1440 m", 86400000},
        {"86400", 86400000}, {"86400000ms", 86400000},
        {"0.001", 1},        {"0.0001", 1},
        {"0.4ms", 1},        {"0.0000000000001", 1},
        {"1.0010", 1001},    {"007", 7000},
        {"0.000000000", 0},  {"1h", 3600000},
        {"0.5 h", 1800000},  {"24h", 86400000},
    };
    uint32_t milliseconds;
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert(duration_parse(&milliseconds, slice_of(rows[i].text)), "%s", rows[i].text);
        cr_expect_eq(milliseconds, rows[i].milliseconds, "%s is %u", rows[i].text, milliseconds);
    }
    static const char *const broken[] = {
        "",      "s",    "-1",  "+1",      "1.",         ".5",         "1..5",
        "1,5",   "10 ",  " 10", "10 s ",   "1d",         "1 5",        "1e3",
        "ten",   "10ss", "25h", "1440.1m", "86400001ms", "86400.0001", "99999999999999999999",
        "5 s m",
    };
    for (size_t i = 0; i < COUNT(broken); i++)
        cr_expect_not(duration_parse(&milliseconds, slice_of(broken[i])), "'%s'", broken[i]);
}

Test(value, a_time_of_day_is_hours_and_two_digits_of_minutes) {
    static const struct {
        const char *text;
        unsigned minutes;
    } rows[] = {{"9:00", 540}, {"09:00", 540}, {"17:30", 1050}, {"0:00", 0}, {"23:59", 1439}, {"24:00", 1440}};
    unsigned minutes;
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert(time_of_day_parse(&minutes, slice_of(rows[i].text)), "%s", rows[i].text);
        cr_expect_eq(minutes, rows[i].minutes, "%s", rows[i].text);
    }
    static const char *const broken[] = {"",      "9",     "9:0",    "9:000", ":00",     "24:01", "25:00",
                                         "12:60", "-1:00", "012:00", "9.00",  "9:00:00", " 9:00", "9:0x"};
    for (size_t i = 0; i < COUNT(broken); i++)
        cr_expect_not(time_of_day_parse(&minutes, slice_of(broken[i])), "'%s'", broken[i]);
}

Test(value, an_answer_is_a_code_and_what_stands_behind_it) {
    static const struct {
        const char *text;
        unsigned code;
        const char *reason;
    } rows[] = {
        {"486", 486, ""},
        {"486 Busy", 486, "Busy"},
        {"100", 100, ""},
        {"699", 699, ""},
        {"480  Gone for lunch ", 480, "Gone for lunch"},
        {"503 ", 503, ""},
    };
    unsigned code;
    struct slice reason;
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert(answer_parse(&code, &reason, slice_of(rows[i].text)), "%s", rows[i].text);
        cr_expect_eq(code, rows[i].code, "%s", rows[i].text);
        cr_expect(slice_equal(reason, slice_of(rows[i].reason)), "'%.*s'", SLICE_ARG(reason));
        cr_expect(reason.at != NULL);
    }
    static const char *const broken[] = {"",        "99",   "099", "700",  "48",  "4860",
                                         "486Busy", " 486", "4x6", "-486", "Busy"};
    for (size_t i = 0; i < COUNT(broken); i++)
        cr_expect_not(answer_parse(&code, &reason, slice_of(broken[i])), "'%s'", broken[i]);
}

Test(value, a_decimal_number_has_no_exponent_and_no_blanks) {
    static const struct {
        const char *text;
        double number;
    } rows[] = {
        {"0", 0},
        {"5", 5},
        {"-5", -5},
        {"+5", 5},
        {"007", 7},
        {"0.1", 0.1},
        {"1.1", 1.1},
        {"-2.50", -2.5},
        {"9007199254740991", 9007199254740991.0},
        {"4930123456789", 4930123456789.0},
        {"3.000000000000000000000000000000000000000000000001", 3},
    };
    double number;
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert(decimal_parse(&number, slice_of(rows[i].text)), "%s", rows[i].text);
        cr_expect(number == rows[i].number, "%s is %.17g", rows[i].text, number);
    }
    static const char *const broken[] = {"",   "-",     "+",   ".5",  "5.",  "1e3", "0x10", "1 ",
                                         " 1", "1.2.3", "inf", "nan", "--1", "1,5", "-+1"};
    for (size_t i = 0; i < COUNT(broken); i++)
        cr_expect_not(decimal_parse(&number, slice_of(broken[i])), "'%s'", broken[i]);
    char digits[400];
    memset(digits, '9', sizeof digits);
    cr_expect_not(decimal_parse(&number, (struct slice){digits, sizeof digits}));
}

Test(value, choices_are_told_apart) {
    cr_assert_eq(choice_named("none|100|18x", SLICE("18X")), 2);
    cr_assert_eq(choice_named("none|100|18x", SLICE("10")), -1);
    cr_assert_eq(choice_named("none|100|18x", SLICE("")), -1);
    cr_assert_eq(choice_named("", SLICE("")), -1);
}
