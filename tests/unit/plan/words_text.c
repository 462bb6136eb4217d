/* SPDX-License-Identifier: MIT */
#include "runtime/plan/vm.h"

#include <criterion/criterion.h>

static struct vm vm;
static struct outcome outcome;
static struct arena arena;

static void begin(size_t limit) {
    arena_init(&arena, NULL, 0, limit);
    outcome_init(&outcome, &arena);
    vm = (struct vm){.outcome = &outcome, .steps = VM_STEPS};
}

struct row {
    enum word word;
    const char *expected; /* NULL: null */
    unsigned count;
    const char *arguments[5]; /* NULL: null */
};

static enum word_result call(const struct row *row, struct slice *result) {
    struct slice arguments[5];
    for (unsigned i = 0; i < row->count; i++)
        arguments[i] = slice_of(row->arguments[i]);
    *result = SLICE_NULL;
    return words_text[row->word](&vm, arguments, row->count, result);
}

static void check(const struct row *rows, size_t count) {
    begin(0);
    for (size_t i = 0; i < count; i++) {
        struct slice result;
        enum word_result answer = call(&rows[i], &result);
        cr_expect_eq(answer, rows[i].expected ? WORD_TEXT : WORD_NULL, "$%s, row %zu: %d", words[rows[i].word].name, i,
                     answer);
        if (rows[i].expected && answer == WORD_TEXT)
            cr_expect(slice_equal(result, slice_of(rows[i].expected)), "$%s, row %zu: '%.*s' is not '%s'",
                      words[rows[i].word].name, i, SLICE_ARG(result), rows[i].expected);
    }
    arena_free(&arena);
}

#define CHECK(ROWS) check(ROWS, sizeof ROWS / sizeof *ROWS)
#define ONE(WORD, EXPECTED, X)                                                                                         \
    {                                                                                                                  \
        WORD_##WORD, EXPECTED, 1, {                                                                                    \
            X                                                                                                          \
        }                                                                                                              \
    }
#define TWO(WORD, EXPECTED, X, Y)                                                                                      \
    {                                                                                                                  \
        WORD_##WORD, EXPECTED, 2, {                                                                                    \
            X, Y                                                                                                       \
        }                                                                                                              \
    }
#define THREE(WORD, EXPECTED, X, Y, Z)                                                                                 \
    {                                                                                                                  \
        WORD_##WORD, EXPECTED, 3, {                                                                                    \
            X, Y, Z                                                                                                    \
        }                                                                                                              \
    }

Test(words_text, every_word_of_this_home_and_no_other_is_here) {
    for (enum word word = 0; word < WORD_COUNT; word++)
        cr_assert_eq(words_text[word] != NULL, words[word].home == HOME_TEXT, "%s", words[word].name);
}

Test(words_text, addr_prefix_is_true_inside_the_block) {
    static const struct row rows[] = {
        TWO(ADDRPREFIX, "true", "10.0.0.0/8", "10.255.0.1"),
        TWO(ADDRPREFIX, "false", "10.0.0.0/8", "11.0.0.1"),
        TWO(ADDRPREFIX, "true", "10.1.2.3", "10.1.2.3"),
        TWO(ADDRPREFIX, "false", "10.1.2.3", "10.1.2.4"),
        TWO(ADDRPREFIX, "true", "0.0.0.0/0", "192.0.2.1"),
        TWO(ADDRPREFIX, "true", "2001:db8::/32", "2001:db8:1::1"),
        TWO(ADDRPREFIX, "false", "2001:db8::/32", "2001:db9::1"),
        TWO(ADDRPREFIX, "false", "10.0.0.0/8", "::1"),
        TWO(ADDRPREFIX, "false", "::/0", "10.0.0.1"),
        TWO(ADDRPREFIX, NULL, "10.0.0.0/33", "10.0.0.1"),
        TWO(ADDRPREFIX, NULL, "10.0.0.0/8", "gateway.example.com"),
        TWO(ADDRPREFIX, NULL, "10.0.0.0/8", ""),
        TWO(ADDRPREFIX, NULL, NULL, "10.0.0.1"),
        TWO(ADDRPREFIX, NULL, "10.0.0.0/8", NULL),
    };
    CHECK(rows);
}

Test(words_text, addr_range_includes_both_ends) {
    static const struct row rows[] = {
        THREE(ADDRRANGE, "true", "10.1.1.0", "10.1.2.0", "10.1.1.0"),
        THREE(ADDRRANGE, "true", "10.1.1.0", "10.1.2.0", "10.1.2.0"),
        THREE(ADDRRANGE, "true", "10.1.1.0", "10.1.2.0", "10.1.1.255"),
        THREE(ADDRRANGE, "false", "10.1.1.0", "10.1.2.0", "10.1.2.1"),
        THREE(ADDRRANGE, "false", "10.1.1.0", "10.1.2.0", "10.1.0.255"),
        THREE(ADDRRANGE, "false", "10.1.2.0", "10.1.1.0", "10.1.1.5"),
        THREE(ADDRRANGE, "true", "2001:db8::1", "2001:db8::ff", "2001:db8::a"),
        THREE(ADDRRANGE, "false", "10.1.1.0", "10.1.2.0", "2001:db8::a"),
        THREE(ADDRRANGE, "false", "0.0.0.0", "2001:db8::a", "10.0.0.1"),
        THREE(ADDRRANGE, NULL, "10.1.1", "10.1.2.0", "10.1.1.5"),
        THREE(ADDRRANGE, NULL, "10.1.1.0", "10.1.2.0", "host"),
        THREE(ADDRRANGE, NULL, "10.1.1.0", NULL, "10.1.1.5"),
    };
    CHECK(rows);
}

Test(words_text, texts_are_changed_byte_by_byte) {
    static const struct row rows[] = {
        ONE(STR_LOWERCASE, "friendly-scanner 1.0", "Friendly-SCANNER 1.0"),
        ONE(STR_LOWERCASE, "\xc3\x84", "\xc3\x84"), /* letters are ASCII's */
        ONE(STR_LOWERCASE, "", ""),
        ONE(STR_LOWERCASE, NULL, NULL),
        ONE(STR_UPPERCASE, "SIP:BOB@HOST", "sip:Bob@host"),
        ONE(STR_UPPERCASE, NULL, NULL),
        ONE(STR_LENGTH, "0", ""),
        ONE(STR_LENGTH, "5", "hello"),
        ONE(STR_LENGTH, "2", "\xc3\x84"), /* bytes */
        ONE(STR_LENGTH, NULL, NULL),
        ONE(STR_TRIM, "a b", " \ta b\t "),
        ONE(STR_TRIM, "", "  "),
        ONE(STR_TRIM, NULL, NULL),
    };
    CHECK(rows);
}

Test(words_text, logic_takes_exactly_true_for_true_and_null_for_not_true) {
    static const struct row rows[] = {
        ONE(AND, "true", "true"),
        ONE(AND, "false", "True"),
        TWO(AND, "true", "true", "true"),
        TWO(AND, "false", "true", "false"),
        TWO(AND, "false", "true", NULL),
        THREE(AND, "false", "x", "true", "true"),
        ONE(OR, "false", NULL),
        TWO(OR, "true", "false", "true"),
        TWO(OR, "true", NULL, "true"),
        TWO(OR, "false", "1", "yes"),
        ONE(NOT, "false", "true"),
        ONE(NOT, "true", "false"),
        ONE(NOT, "true", NULL),
        ONE(NOT, "true", ""),
        ONE(EVAL, "true", "true"),
        ONE(EVAL, "false", "text"),
        ONE(EVAL, "false", NULL),
        ONE(E, "true", "true"),
        ONE(E, "false", NULL),
    };
    CHECK(rows);
}

Test(words_text, if_chooses_and_the_choice_may_be_null) {
    static const struct row rows[] = {
        THREE(IF, "a", "true", "a", "b"), THREE(IF, "b", "false", "a", "b"),  THREE(IF, "b", NULL, "a", "b"),
        THREE(IF, "b", "TRUE", "a", "b"), THREE(IF, NULL, "true", NULL, "b"), THREE(IF, NULL, "false", "a", NULL),
        THREE(IF, "", "true", "", "b"),
    };
    CHECK(rows);
}

Test(words_text, comparisons_are_of_numbers_and_exact) {
    static const struct row rows[] = {
        TWO(MATH_LT, "true", "9", "10"),
        TWO(MATH_LT, "false", "10", "10"),
        TWO(MATH_LT, "true", "-1", "0"),
        TWO(MATH_LE, "true", "10", "10.0"),
        TWO(MATH_LE, "false", "10.01", "10"),
        TWO(MATH_GT, "true", "0.3", "0.29"),
        TWO(MATH_GT, "false", "-2", "-1"),
        TWO(MATH_GE, "true", "100", "100"),
        TWO(MATH_GE, "true", "0100", "100"),
        TWO(MATH_GE, "false", "99.999", "100"),
        TWO(MATH_EQ, "true", "007", "7"),
        TWO(MATH_EQ, "true", "-0", "0"),
        TWO(MATH_EQ, "true", "+5", "5.000"),
        TWO(MATH_EQ, "false", "12345678901234567890", "12345678901234567891"),
        TWO(MATH_LT, "true", "9007199254740992", "9007199254740993"),
        TWO(MATH_EQ, NULL, "5", "five"),
        TWO(MATH_LT, NULL, "", "5"),
        TWO(MATH_GE, NULL, "5 ", "5"),
        TWO(MATH_GE, NULL, "1e3", "5"),
        TWO(MATH_GT, NULL, "0x10", "5"),
        TWO(MATH_LE, NULL, "1,5", "5"),
        TWO(MATH_LE, NULL, "inf", "5"),
        TWO(MATH_EQ, NULL, NULL, NULL),
        THREE(MATH_RANGE, "true", "1111", "5555", "1111"),
        THREE(MATH_RANGE, "true", "1111", "5555", "5555"),
        THREE(MATH_RANGE, "false", "1111", "5555", "5556"),
        THREE(MATH_RANGE, "false", "5555", "1111", "2000"),
        THREE(MATH_RANGE, NULL, "1111", "5555", "bob"),
        THREE(MATH_RANGE, NULL, "1111", NULL, "2000"),
    };
    CHECK(rows);
}

Test(words_text, the_smallest_and_the_largest_argument_stay_as_they_were_written) {
    static const struct row rows[] = {
        TWO(MATH_MIN, "0100", "0100", "9999"),
        TWO(MATH_MIN, "9999", "12345678901234567890", "9999"),
        {WORD_MATH_MIN, "-3", 4, {"5", "-3", "0", "-2.5"}},
        ONE(MATH_MIN, "7", "7"),
        TWO(MATH_MIN, "7.0", "7.0", "7"),
        TWO(MATH_MIN, NULL, "bob", "9999"),
        THREE(MATH_MIN, NULL, "1", "2", NULL),
        TWO(MATH_MAX, "9999", "0100", "9999"),
        {WORD_MATH_MAX, "10", 5, {"9", "10", "1", "2", "3"}},
        TWO(MATH_MAX, NULL, "1", "x"),
    };
    CHECK(rows);
}

Test(words_text, arithmetic_is_exact_and_written_without_exponent) {
    static const struct row rows[] = {
        TWO(MATH_ADD, "5", "2", "3"),
        TWO(MATH_ADD, "0.3", "0.1", "0.2"),
        TWO(MATH_ADD, "0", "-5", "5"),
        TWO(MATH_ADD, "12345678901234567891", "12345678901234567890", "1"),
        TWO(MATH_ADD, NULL, "2", "three"),
        TWO(MATH_SUB, "-1", "2", "3"),
        TWO(MATH_SUB, "800", "1000", "200"),
        TWO(MATH_SUB, "0.5", "1", "0.5"),
        TWO(MATH_SUB, NULL, NULL, "1"),
        TWO(MATH_MUL, "6", "2", "3"),
        TWO(MATH_MUL, "-0.02", "0.1", "-0.2"),
        TWO(MATH_MUL, "0", "0", "-17"),
        TWO(MATH_MUL, "1000000000000000000000", "100000000000", "10000000000"),
        TWO(MATH_MUL, NULL, "99999999999999999999999999999999999999", "12345"),
        TWO(MATH_MOD, "1", "10", "3"),
        TWO(MATH_MOD, "-1", "-10", "3"),
        TWO(MATH_MOD, "1", "10", "-3"),
        TWO(MATH_MOD, "1.5", "5.5", "2"),
        TWO(MATH_MOD, "0", "9", "3"),
        TWO(MATH_MOD, "90", "12345678901234567890", "100"),
        TWO(MATH_MOD, NULL, "10", "0"),
        TWO(MATH_MOD, NULL, "10", "0.0"),
        TWO(MATH_MOD, NULL, "ten", "3"),
    };
    CHECK(rows);
}

/* SipHash-2-4 with a key of zeros, worked out apart from this program: it must never change. */
Test(words_text, hash_is_the_same_for_ever) {
    static const struct row rows[] = {
        TWO(HASH, "3", "sip:bob@example.com", "10"),
        TWO(HASH, "673", "sip:bob@example.com", "1000"),
        TWO(HASH, "1", "alice", "10"),
        TWO(HASH, "2", "alice", "3"),
        TWO(HASH, "7", "", "10"),
        TWO(HASH, "0", "alice", "1"),
        TWO(HASH, "2", "alice", "3.0"),
        TWO(HASH, "8512114763159807471", "alice", "18446744073709551615"),
        TWO(HASH, NULL, "alice", "18446744073709551616"),
        TWO(HASH, NULL, "alice", "0"),
        TWO(HASH, NULL, "alice", "-3"),
        TWO(HASH, NULL, "alice", "2.5"),
        TWO(HASH, NULL, "alice", "many"),
        TWO(HASH, NULL, "alice", NULL),
        TWO(HASH, NULL, NULL, "10"),
    };
    CHECK(rows);
}

Test(words_text, hash_spreads_callers_evenly) {
    unsigned choices[4] = {0};
    begin(0);
    for (unsigned i = 0; i < 4000; i++) {
        char caller[32];
        struct slice result;
        snprintf(caller, sizeof caller, "sip:%u@example.com", i);
        struct row row = TWO(HASH, "", caller, "4");
        cr_assert_eq(call(&row, &result), WORD_TEXT);
        cr_assert_eq(result.len, 1);
        choices[result.at[0] - '0']++;
    }
    for (unsigned i = 0; i < 4; i++)
        cr_assert(choices[i] > 850 && choices[i] < 1150, "%u: %u", i, choices[i]);
    arena_free(&arena);
}

Test(words_text, without_memory_the_words_that_need_some_fail) {
    static const struct row rows[] = {ONE(STR_LOWERCASE, "", "abc"), ONE(STR_UPPERCASE, "", "abc"),
                                      ONE(STR_LENGTH, "", "abc"), TWO(MATH_ADD, "", "1", "2"), TWO(HASH, "", "x", "5")};
    begin(1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice result;
        cr_assert_eq(call(&rows[i], &result), WORD_FAULT, "row %zu", i);
    }
    arena_free(&arena);
}
