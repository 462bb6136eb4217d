/* SPDX-License-Identifier: MIT */
#include "runtime/regex/match.h"

#include "grammar/codes.h"
#include "tests/unit/regex/compiled.h"

#include <string.h>

/* `groups` is what Perl says: start-end of the whole match and of each group, "-" for one that took
 * no part; NULL when the pattern is not found. */
struct example {
    const char *pattern, *subject, *groups;
};

static void print_groups(char *text, size_t size, const struct rx_group *groups, unsigned count) {
    size_t length = 0;
    for (unsigned i = 0; i <= count; i++)
        length += (size_t)(groups[i].at < 0 ? snprintf(text + length, size - length, i ? " -" : "-")
                                            : snprintf(text + length, size - length, i ? " %d-%d" : "%d-%d",
                                                       groups[i].at, groups[i].end));
}

static void check_examples(const struct example *examples, size_t count) {
    struct rx_scratch *scratch = rx_scratch_new();
    cr_assert(scratch);
    for (size_t i = 0; i < count; i++) {
        struct compiled compiled;
        struct rx_group groups[IMAGE_GROUPS_MAX + 1];
        char text[400] = "not found";
        uint64_t steps = 100000;
        compile(&compiled, examples[i].pattern, 0);
        struct slice subject = slice_of(examples[i].subject);
        enum rx_result result = rx_search(&compiled.program, subject, NULL, groups, &steps, scratch);
        if (result == RX_FOUND)
            print_groups(text, sizeof text, groups, compiled.program.groups);
        cr_expect_str_eq(text, examples[i].groups ? examples[i].groups : "not found", "'%s' in '%s': %s",
                         examples[i].pattern, examples[i].subject, text);
        cr_expect_eq(rx_search(&compiled.program, subject, NULL, NULL, &steps, scratch), result);
        discard(&compiled);
    }
    rx_scratch_free(scratch);
}

Test(match, the_documented_patterns_match_what_they_are_meant_for) {
    static const struct example examples[] = {
        {"^INVITE", "INVITE sip:a@b SIP/2.0", "0-6"},
        {"^INVITE", "REINVITE", NULL},
        {"sip:(11[02])@", "<sip:112@192.168.0.100>", "1-9 5-8"},
        {"sip:(11[02])@", "<sip:1120@192.168.0.100>", NULL},
        {"sip:(9.+)@", "sip:9012@host", "0-9 4-8"},
        {"sip:(9.+)@", "sip:9012@host@x", "0-14 4-13"},
        {"192\\.168\\.0\\.1$", "192.168.0.1", "0-11"},
        {"192\\.168\\.0\\.1$", "192.168.0.10", NULL},
        {"sip:(.+)@gw1[ >;]*", "<sip:0123@gw1>;tag=1", "1-15 5-9"},
        {"to=sip:(.+)[ >;]*", "to=sip:a@b>", "0-11 7-11"},
        {"^[0-5]$", "4", "0-1"},
        {"^[0-5]$", "70", NULL},
        {"^0[0-7]:", "07:59:59", "0-3"},
        {"[0369]$", "12:00:04", NULL},
        {"friendly-scanner|sipcli", "x sipcli/1.8", "2-8"},
        {"sip:[0-9][0-9][0-9][0-9]@", "sip:4711@x", "0-9"},
        {"^172.16.0.1$|^192.168.1.1$", "192.168.1.1", "0-11"},
        {".+", "486", "0-3"},
        {"503|486", "486", "0-3"},
        {"30.", "302", "0-3"},
        {"(.+)", "", NULL},
    };
    check_examples(examples, COUNT(examples));
}

Test(match, atoms_take_the_bytes_that_the_dialect_says) {
    static const struct example examples[] = {
        {"", "abc", "0-0"},
        {"a.c", "a\nc abc", "4-7"},
        {"\\d+", "ab12c", "2-4"},
        {"\\D+", "12ab3", "2-4"},
        {"\\w+", " a_1-", "1-4"},
        {"\\W", "a_1\xc3", "3-4"},
        {"\\s+", "a \t\n\v\f\rb", "1-7"},
        {"\\S+", "  x ", "2-3"},
        {"\\h+", "\n\t \xa0", "1-3"},
        {"\\H", "\t \xa0", "2-3"},
        {"\\t", "a\tb", "1-2"},
        {"\\x41\\x7e", "A~", "0-2"},
        {"\\.\\*\\@\\-", ".*@-", "0-4"},
        {"[]a]+", "x]a]", "1-4"},
        {"[^]a]+", "]xy]", "1-3"},
        {"[a-c-]+", "xb-a", "1-4"},
        {"[-a]+", "b-a", "1-3"},
        {"[a\\-z]+", "b-za", "1-4"},
        {"[\\d.]+", "v1.2", "1-4"},
        {"[^\\w]", "ab!", "2-3"},
        {"[\\x30-\\x32]+", "4012", "1-4"},
        {"[!]b", "!b", "0-2"},
        {"[\\]\\[]+", "a[]", "1-3"},
        {"[ ]$", "a ", "1-2"},
        {"[^a]", "a\n", "1-2"},
        {"a{", "a{", "0-2"},
        {"a{,3}", "a{,3}", "0-5"},
        {"a{1", "a{1", "0-3"},
        {"{x}", "{x}", "0-3"},
        {"%1%%", "%1%%", "0-4"},
        {"caf\xc3\xa9", "caf\xc3\xa9", "0-5"},
    };
    check_examples(examples, COUNT(examples));
}

Test(match, assertions_hold_at_their_places) {
    static const struct example examples[] = {
        {"^b", "ab", NULL},      {"^b", "a\nb", NULL},    {"\\Ab", "b", "0-1"},  {"b$", "ab", "1-2"},
        {"b$", "ab\n", "1-2"},   {"b$", "ab\n\n", NULL},  {"b\\z", "b\n", NULL}, {"b\\z", "ab", "1-2"},
        {"\\bb", "ab b", "3-4"}, {"\\Bb", "b ab", "3-4"}, {"\\b", "", NULL},     {"\\B", "", "0-0"},
        {"$", "ab\n", "2-2"},    {"a^", "a", NULL},       {"^?a", "ba", "1-2"},  {"(^|,)b", "a,b", "1-3 1-2"},
    };
    check_examples(examples, COUNT(examples));
}

Test(match, the_leftmost_match_wins_and_then_the_first_alternative) {
    static const struct example examples[] = {
        {"a|ab", "ab", "0-1"},
        {"ab|a", "ab", "0-2"},
        {"(a|ab)(c|bcd)", "abcd", "0-4 0-1 1-4"},
        {"(a|ab)(c|bcd)$", "abcd", "0-4 0-1 1-4"},
        {"b|a+", "aab", "0-2"},
        {"(|a)b", "ab", "0-2 0-1"},
        {"(|a)", "a", "0-0 0-0"},
        {"(a|)", "b", "0-0 0-0"},
        {"x*", "aax", "0-0"},
        {"a+?", "aaa", "0-1"},
        {"a+?b", "aab", "0-3"},
        {"a*?$", "aab", "3-3"},
        {"(a{1,3}?)(a*)", "aaaa", "0-4 0-1 1-4"},
        {"(a{1,3})(a*)", "aaaaa", "0-5 0-3 3-5"},
        {"(a?\?)(a?)", "a", "0-1 0-0 0-1"},
        {"a{2}", "aaa", "0-2"},
        {"a{2,}b", "ab aab", "3-6"},
        {"(?:ab){2,3}", "ababab", "0-6"},
        {"a{0}b", "ab", "1-2"},
        {"(.*)(\\d+)", "x123", "0-4 0-3 3-4"},
        {"(.*?)(\\d+)", "x123", "0-4 0-1 1-4"},
        {"<(.+?)>", "<a><b>", "0-3 1-2"},
        {"<(.+)>", "<a><b>", "0-6 1-5"},
        {"[^@]+@", "a@b@", "0-2"},
        {"(.+)@(.+)", "a@b@c", "0-5 0-3 4-5"},
    };
    check_examples(examples, COUNT(examples));
}

Test(match, groups_keep_what_they_took_last) {
    static const struct example examples[] = {
        {"(a)|(b)", "b", "0-1 - 0-1"},
        {"(a|b)*", "abc", "0-2 1-2"},
        {"(?:(a)|b)*", "ab", "0-2 0-1"},
        {"(?:(a)|(b))+", "aba", "0-3 2-3 1-2"},
        {"((a)|b)+", "ab", "0-2 1-2 0-1"},
        {"(a?){3}", "a", "0-1 1-1"},
        {"(a?){2,3}b", "aab", "0-3 2-2"},
        {"(a){0}b", "ab", "1-2 -"},
        {"(a){0,2}?b", "aab", "0-3 1-2"},
        {"(a(b)?)+", "aba", "0-3 2-3 1-2"},
        {"(a+|b+)+c", "aabbc", "0-5 2-4"},
        {"(a)?ab", "ab", "0-2 -"},
        {"(?<user>\\w+)@(?<host>\\w+)", "sip:bob@biloxi", "4-14 4-7 8-14"},
        {"((((((((((((x))))))))))))", "x", "0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1"},
        {"(?:a|(x))(y)?", "a", "0-1 - -"},
    };
    check_examples(examples, COUNT(examples));
}

Test(match, letter_case_is_ignored_where_the_pattern_says_so) {
    static const struct example examples[] = {
        {"(?i)invite", "INVITE", "0-6"},
        {"a(?i)b", "aB", "0-2"},
        {"a(?i)b", "AB", NULL},
        {"(?i:a)b", "Ab", "0-2"},
        {"(?i:a)b", "AB", NULL},
        {"((?i)a)b", "Ab", "0-2 0-1"},
        {"((?i)a)b", "AB", NULL},
        {"(?:a(?i)b|c)d", "CD", NULL},
        {"(?:a(?i)b|c)d", "Cd", "0-2"},
        {"(?i)[a-c]+", "xAbC", "1-4"},
        {"(?i)[^a]", "Ab", "1-2"},
        {"(?i)\\x41", "a", "0-1"},
        {"(?i)k+", "\xe2\x84\xaaKk", "3-5"}, /* the Kelvin sign is no ASCII letter */
        {"(?i)[_@]",
         "`\x7f"
         "_",
         "2-3"},
        {"(?i)z{", "Z[", NULL},
    };
    check_examples(examples, COUNT(examples));
}

Test(match, look_aheads_take_nothing) {
    static const struct example examples[] = {
        {"a(?=b)", "ac ab", "3-4"},
        {"a(?!b)", "ab ac", "3-4"},
        {"^(?!.*anonymous)(.+)", "sip:bob@x", "0-9 0-9"},
        {"^(?!.*anonymous)(.+)", "sip:anonymous@x", NULL},
        {"(?=.*x)(?=.*y)a", "axy", "0-1"},
        {"(?=.*x)(?=.*z)a", "axy", NULL},
        {"(?:(?=a)a|b)+", "aba", "0-3"},
        {"(?=a|ab)ab", "ab", "0-2"},
        {"(?=(?!a)b)b", "ab", "1-2"},
        {"(?!(?!a))a", "ba", "1-2"},
        {"(?=)a", "a", "0-1"},
        {"(?!)a", "a", NULL},
        {"(?=a)?b", "b", "0-1"},
        {"(?:(?=.*c)[ab])+", "abcab", "0-2"},
        {"(?:(?=(?:ab|a)*c)[ab])+", "aabcab", "0-2"},
        {"(?:(?!ab)\\w)+", "bbab", "0-2"},
        {"(?=[^@]*@)\\w+", "bob@x", "0-3"},
        {"(?=\\w*?9)\\w+", "ab a9", "3-5"},
        {"^.*(?=[a-z]+-)abc", "abc-", "0-3"}, /* asked from the end on: each answer rests on the last */
        {"^.*(?=[a-z]+?-)abc", "abc-", "0-3"},
        {"^.*(?=(?:[a-z]|..)+-)abc", "abc-", "0-3"},
    };
    check_examples(examples, COUNT(examples));
}

Test(match, inserted_texts_are_literal) {
    static const struct {
        const char *pattern, *subject;
        struct slice inserts[2];
        const char *groups;
    } examples[] = {
        {"%1@", "a.b@ axb@", {SLICE("axb")}, "5-9"},
        {"%1@", "axb@ a.b@", {SLICE("a.b")}, "5-9"},
        {"^%1$", "x", {SLICE("")}, NULL},
        {"^%1$", "", {{NULL, 0}}, "0-0"},
        {"(x)%{2}%1", "xbba", {SLICE("a"), SLICE("bb")}, "0-4 0-1"},
        {"(?i)%1", "BOB", {SLICE("bob")}, "0-3"},
        {"%1", "BOB", {SLICE("bob")}, NULL},
        {"(?:%1){2}", "ababab", {SLICE("ab")}, "0-4"},
        {"(?=%1)a", "aab", {SLICE("ab")}, "1-2"},
        {"%1", "ab", {SLICE("abc")}, NULL},
        {"100%%", "100%", {SLICE("x")}, "0-4"},
        {"%x%", "%x%", {SLICE("x")}, "0-3"},
        {"[%%1]+", "a1%", {SLICE("x")}, "1-3"},
    };
    struct rx_scratch *scratch = rx_scratch_new();
    cr_assert(scratch);
    for (size_t i = 0; i < COUNT(examples); i++) {
        struct compiled compiled;
        struct rx_group groups[IMAGE_GROUPS_MAX + 1];
        char text[400] = "not found";
        uint64_t steps = 1000;
        compile(&compiled, examples[i].pattern, RX_INSERTS);
        if (rx_search(&compiled.program, slice_of(examples[i].subject), examples[i].inserts, groups, &steps, scratch) ==
            RX_FOUND)
            print_groups(text, sizeof text, groups, compiled.program.groups);
        cr_expect_str_eq(text, examples[i].groups ? examples[i].groups : "not found", "'%s' in '%s'",
                         examples[i].pattern, examples[i].subject);
        discard(&compiled);
    }
    rx_scratch_free(scratch);
}

Test(match, nul_is_a_byte_like_others) {
    struct compiled compiled;
    struct rx_scratch *scratch = rx_scratch_new();
    struct rx_group groups[2];
    uint64_t steps = 100;
    cr_assert(scratch);
    compile_slice(&compiled, (struct slice){"a\0(.)", 5}, 0);
    cr_expect_eq(rx_search(&compiled.program, (struct slice){"xa\0b", 4}, NULL, groups, &steps, scratch), RX_FOUND);
    cr_expect(groups[1].at == 3 && groups[1].end == 4);
    cr_expect_eq(rx_search(&compiled.program, SLICE_NULL, NULL, groups, &steps, scratch), RX_NOT_FOUND);
    cr_expect(groups[0].at < 0 && groups[1].at < 0);
    discard(&compiled);
    rx_scratch_free(scratch);
}

Test(match, nothing_behind_the_subject_is_read) {
    static const struct {
        const char *pattern;
        bool found; /* in the "ab" of "abc" */
    } rows[] = {{"abc", false}, {"ab[c]", false},  {"ab.", false},    {"%1", false},  {"(?i)%1", false}, {"b$", true},
                {"b\\b", true}, {"b(?=c)", false}, {"b(?i)c", false}, {".*c", false}, {"\\w*?c", false}};
    struct rx_scratch *scratch = rx_scratch_new();
    struct slice inserts[] = {SLICE("abc")};
    cr_assert(scratch);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct compiled compiled;
        uint64_t steps = 100;
        compile(&compiled, rows[i].pattern, RX_INSERTS);
        cr_expect_eq(rx_search(&compiled.program, (struct slice){"abc", 2}, inserts, NULL, &steps, scratch),
                     rows[i].found ? RX_FOUND : RX_NOT_FOUND, "'%s'", rows[i].pattern);
        discard(&compiled);
    }
    rx_scratch_free(scratch);
}

Test(match, a_subject_has_its_longest_length) {
    static char subject[RX_SUBJECT_MAX + 1];
    struct compiled compiled;
    struct rx_scratch *scratch = rx_scratch_new();
    struct rx_group groups[1];
    uint64_t steps = 100000;
    cr_assert(scratch);
    memset(subject, 'a', sizeof subject);
    compile(&compiled, "a*$", 0);
    cr_expect_eq(rx_search(&compiled.program, (struct slice){subject, RX_SUBJECT_MAX}, NULL, groups, &steps, scratch),
                 RX_FOUND);
    cr_expect(groups[0].at == 0 && groups[0].end == RX_SUBJECT_MAX);
    cr_expect_eq(rx_search(&compiled.program, (struct slice){subject, sizeof subject}, NULL, groups, &steps, scratch),
                 RX_TOO_LONG);
    discard(&compiled);
    rx_scratch_free(scratch);
}

/* Each of these takes a backtracking matcher, or one without a memory for look-aheads, quadratic
 * time or worse. */
Test(match, hostile_patterns_take_a_few_steps_for_each_instruction_and_byte) {
    static const struct {
        const char *pattern;
        char fill, last;
    } rows[] = {
        {"(a|aa)+$", 'a', 'b'},
        {"^(a|a)*$", 'a', 'b'},
        {"(a+)+$", 'a', 'b'},
        {"((a+)+)+b", 'a', 'c'},
        {"(x+x+)+y", 'x', 'x'},
        {"(.*)(.*)(.*)x", 'a', 'a'},
        {".*.*=.*", 'a', 'a'},
        {"a*b", 'a', 'a'},
        {"[a-z]+[a-z]+[a-z]+0", 'a', 'a'},
        {"(?:a?b?c?d?){20}e", 'a', 'a'},
        {"(?:a|b|ab)*?c", 'a', 'a'},
        {"\\w+?\\w+?\\w+?-", 'a', 'a'},
        {"(?:(?:a{1,5}){1,5}){1,5}b", 'a', 'a'},
        {"(?:(?=.*b)a)+c", 'a', 'b'},
        {"(?:(?!.*b)a)+c", 'a', 'a'},
        {"(?:(?=(?:a|aa)*b)a)+c", 'a', 'b'},
        {"(?:(?=(?:a|aa)+$)a)+b", 'a', 'a'},
        {"(?:(?=a*?b)a)+c", 'a', 'b'},
        {"(?:(?=[a-c]*(?!.*d))a)+c", 'a', 'a'},
        {"(?=.*b)(?=.*c)", 'a', 'b'},
        {"(?:(?=(?=(?:a|aa)+b).*b)a)+c", 'a', 'b'},
    };
    static char subject[RX_SUBJECT_MAX];
    static const size_t lengths[] = {40, 1000, RX_SUBJECT_MAX};
    struct rx_scratch *scratch = rx_scratch_new();
    cr_assert(scratch);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct compiled compiled;
        compile(&compiled, rows[i].pattern, 0);
        for (size_t k = 0; k < COUNT(lengths); k++) {
            uint64_t bound = (uint64_t)compiled.program.count * (lengths[k] + 1) * 2, steps = bound;
            struct rx_group groups[IMAGE_GROUPS_MAX + 1];
            memset(subject, rows[i].fill, lengths[k]);
            subject[lengths[k] - 1] = rows[i].last;
            enum rx_result result =
                rx_search(&compiled.program, (struct slice){subject, lengths[k]}, NULL, groups, &steps, scratch);
            cr_expect_eq(result, RX_NOT_FOUND, "'%s' on %zu bytes, with %lu steps: %d", rows[i].pattern, lengths[k],
                         (unsigned long)bound, result);
        }
        discard(&compiled);
    }
    rx_scratch_free(scratch);
}

Test(match, the_budget_ends_a_search) {
    struct compiled compiled;
    struct rx_scratch *scratch = rx_scratch_new();
    cr_assert(scratch);
    compile(&compiled, "(?:ab|a|b)*c", 0);
    for (uint64_t budget = 0; budget < 20; budget++) {
        uint64_t steps = budget;
        cr_expect_eq(rx_search(&compiled.program, SLICE("abababababababab"), NULL, NULL, &steps, scratch), RX_NO_STEPS);
        cr_expect_eq(steps, 0);
    }
    uint64_t steps = 1000;
    cr_expect_eq(rx_search(&compiled.program, SLICE("abc"), NULL, NULL, &steps, scratch), RX_FOUND);
    cr_expect(steps > 900 && steps < 1000);
    discard(&compiled);

    static const struct {
        const char *pattern;
        uint64_t least; /* what 4,000 bytes cost at least */
    } rows[] = {{"^.*x", 1000}, {"^[a-c]*x", 1000}, {"^[a-c]*?x", 4000}, {"x", 1000}, {"[xyz]", 1000}, {"^%1x", 4000}};
    static char subject[4000];
    struct slice inserts[] = {{subject, sizeof subject}};
    memset(subject, 'a', sizeof subject);
    for (size_t i = 0; i < COUNT(rows); i++) {
        steps = 100000;
        compile(&compiled, rows[i].pattern, RX_INSERTS);
        cr_expect_eq(rx_search(&compiled.program, inserts[0], inserts, NULL, &steps, scratch), RX_NOT_FOUND);
        cr_expect_geq(100000 - steps, rows[i].least, "'%s': %lu", rows[i].pattern, 100000 - (unsigned long)steps);
        discard(&compiled);
    }
    rx_scratch_free(scratch);
}

Test(match, more_open_ways_than_the_scratch_memory_holds_end_a_search) {
    static char subject[RX_SUBJECT_MAX];
    struct compiled compiled;
    struct rx_scratch *scratch = rx_scratch_new();
    uint64_t steps = 1000 * 1000 * 1000;
    cr_assert(scratch);
    memset(subject, 'b', sizeof subject);
    compile(&compiled, "(?:(?:|a){70}b)+", 0); /* 71 for each 'b' */
    cr_expect_eq(rx_search(&compiled.program, (struct slice){subject, sizeof subject}, NULL, NULL, &steps, scratch),
                 RX_NO_STEPS);
    cr_expect_eq(rx_search(&compiled.program, (struct slice){subject, 3000}, NULL, NULL, &steps, scratch), RX_FOUND);
    discard(&compiled);
    rx_scratch_free(scratch);
}

static enum rx_result run(const struct image_rx *code, uint32_t count, unsigned group_count, struct slice subject,
                          struct rx_group *groups, uint64_t steps) {
    static const struct image_set set = {{0}};
    struct rx_scratch *scratch = rx_scratch_new();
    struct rx_program program = {
        .code = code, .sets = &set, .count = count, .set_count = 1, .groups = (uint16_t)group_count};
    cr_assert(scratch);
    enum rx_result result = rx_search(&program, subject, NULL, groups, &steps, scratch);
    rx_scratch_free(scratch);
    return result;
}

/* The verifier lets these pass: no compiler made them. */
Test(match, programs_that_no_compiler_made_do_no_harm) {
    struct rx_group groups[3];
    static const struct image_rx half[] = {{RX_SAVE, 0, 3, 0}, {RX_SAVE, 0, 4, 0}, {RX_MATCH, 0, 0, 0}};
    cr_expect_eq(run(half, COUNT(half), 2, SLICE("x"), groups, 100), RX_FOUND);
    cr_expect(groups[1].at == -1 && groups[1].end == -1 && groups[2].at == -1 && groups[2].end == -1);

    static const struct image_rx backwards[] = {{RX_BYTE, 'x', 0, 0}, {RX_SAVE, 0, 2, 0},     {RX_LOOK, 1, 0, 5},
                                                {RX_BYTE, 'y', 0, 0}, {RX_LOOK_END, 0, 0, 0}, {RX_JUMP, 0, 0, 6},
                                                {RX_MATCH, 0, 0, 0}};
    cr_expect_eq(run(backwards, COUNT(backwards), 1, SLICE("x"), groups, 100), RX_FOUND);
    cr_expect(groups[0].end == 1 && groups[1].at == -1);

    static struct image_rx bushy[60]; /* ways meet without a JOIN: 2 to the power of 29 of them */
    for (unsigned i = 0; i + 2 < COUNT(bushy); i += 2) {
        bushy[i] = (struct image_rx){RX_SPLIT, 0, 0, i + 2};
        bushy[i + 1] = (struct image_rx){RX_JUMP, 0, 0, i + 2};
    }
    bushy[COUNT(bushy) - 2] = (struct image_rx){RX_SET, 0, 0, 0};
    bushy[COUNT(bushy) - 1] = (struct image_rx){RX_MATCH, 0, 0, 0};
    cr_expect_eq(run(bushy, COUNT(bushy), 0, SLICE("x"), groups, 100000), RX_NO_STEPS);
}
