/* SPDX-License-Identifier: MIT */
/* The words of HOME_TEXT: they work on their arguments alone. Null in is null out, but for the
 * words of logic, to which null is just not true. */
#include "runtime/plan/vm.h"

#include "grammar/hash.h"
#include "grammar/value.h"
#include "runtime/plan/number.h"

#define HOME_IS_TEXT ~,
#include "runtime/plan/home.h"

const word_table words_text = {
#define FUNCTION(ID, NAME, HOME, ...) HOME_ROW(ID, HOME)
#include "grammar/words.def"
};

static enum word_result answer_copy(struct vm *vm, struct slice *result, struct slice text) {
    *result = arena_copy(vm->outcome->arena, text);
    return result->at ? WORD_TEXT : WORD_FAULT;
}

static bool is_true(struct slice text) {
    return slice_equal(text, SLICE("true"));
}

/* Addresses */

static enum word_result word_ADDRPREFIX(HOME_ARGUMENTS) {
    struct ip_block block;
    struct ip_address ip;
    (void)vm, (void)count;
    if (!ip_block_parse(&block, arguments[0]) || !ip_parse(&ip, arguments[1]))
        return WORD_NULL;
    return home_truth(result, ip_block_has(&block, &ip));
}

/* An address of the other family lies in no range. */
static enum word_result word_ADDRRANGE(HOME_ARGUMENTS) {
    struct ip_address first, last, ip;
    int from_first, to_last;
    (void)vm, (void)count;
    if (!ip_parse(&first, arguments[0]) || !ip_parse(&last, arguments[1]) || !ip_parse(&ip, arguments[2]))
        return WORD_NULL;
    return home_truth(result, ip_compare(&first, &ip, &from_first) && from_first <= 0 &&
                                  ip_compare(&ip, &last, &to_last) && to_last <= 0);
}

/* Text */

static enum word_result with_bytes(struct vm *vm, struct slice text, char (*change)(unsigned char),
                                   struct slice *result) {
    if (!text.at)
        return WORD_NULL;
    char *copy = arena_bytes(vm->outcome->arena, text.len);
    if (!copy)
        return WORD_FAULT;
    for (size_t i = 0; i < text.len; i++)
        copy[i] = change((unsigned char)text.at[i]);
    return home_answer(result, (struct slice){copy, text.len});
}

static enum word_result word_STR_LOWERCASE(HOME_ARGUMENTS) {
    (void)count;
    return with_bytes(vm, arguments[0], byte_lower, result);
}

static enum word_result word_STR_UPPERCASE(HOME_ARGUMENTS) {
    (void)count;
    return with_bytes(vm, arguments[0], byte_upper, result);
}

static enum word_result answer_whole(struct vm *vm, struct slice *result, uint64_t whole) {
    char *text = arena_printf(vm->outcome->arena, "%llu", (unsigned long long)whole);
    return text ? home_answer(result, slice_of(text)) : WORD_FAULT;
}

static enum word_result word_STR_LENGTH(HOME_ARGUMENTS) {
    (void)count;
    return arguments[0].at ? answer_whole(vm, result, arguments[0].len) : WORD_NULL;
}

static enum word_result word_STR_TRIM(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    return home_answer(result, slice_trim(arguments[0]));
}

/* Logic. The compiler has made conditions of the arguments that are some. */

static enum word_result word_AND(HOME_ARGUMENTS) {
    bool all = true;
    (void)vm;
    for (unsigned i = 0; i < count; i++)
        all = all && is_true(arguments[i]);
    return home_truth(result, all);
}

static enum word_result word_OR(HOME_ARGUMENTS) {
    bool any = false;
    (void)vm;
    for (unsigned i = 0; i < count; i++)
        any = any || is_true(arguments[i]);
    return home_truth(result, any);
}

static enum word_result word_NOT(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    return home_truth(result, !is_true(arguments[0]));
}

static enum word_result word_EVAL(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    return home_truth(result, is_true(arguments[0]));
}

static enum word_result word_E(HOME_ARGUMENTS) {
    return word_EVAL(vm, arguments, count, result);
}

static enum word_result word_IF(HOME_ARGUMENTS) {
    (void)vm, (void)count;
    return home_answer(result, is_true(arguments[0]) ? arguments[1] : arguments[2]);
}

/* Numbers */

/* Both as numbers, and their order. */
static bool compared(struct vm *vm, const struct slice *arguments, int *order) {
    struct number a, b;
    vm_spend(vm, 2 * NUMBER_DIGITS);
    if (!number_parse(&a, arguments[0]) || !number_parse(&b, arguments[1]))
        return false;
    *order = number_compare(&a, &b);
    return true;
}

#define COMPARISON(ID, OPERATOR)                                                                                       \
    static enum word_result word_##ID(HOME_ARGUMENTS) {                                                                \
        int order;                                                                                                     \
        (void)count;                                                                                                   \
        return compared(vm, arguments, &order) ? home_truth(result, order OPERATOR 0) : WORD_NULL;                     \
    }
COMPARISON(MATH_LT, <)
COMPARISON(MATH_LE, <=)
COMPARISON(MATH_GT, >)
COMPARISON(MATH_GE, >=)
COMPARISON(MATH_EQ, ==)

static enum word_result word_MATH_RANGE(HOME_ARGUMENTS) {
    struct number low, high, x;
    (void)count;
    vm_spend(vm, 3 * NUMBER_DIGITS);
    if (!number_parse(&low, arguments[0]) || !number_parse(&high, arguments[1]) || !number_parse(&x, arguments[2]))
        return WORD_NULL;
    return home_truth(result, number_compare(&low, &x) <= 0 && number_compare(&x, &high) <= 0);
}

/* The argument as it stands, leading zeros and all; of equal ones the first. */
static enum word_result extreme(struct vm *vm, const struct slice *arguments, unsigned count, int sign,
                                struct slice *result) {
    struct number best;
    vm_spend(vm, count * NUMBER_DIGITS);
    for (unsigned i = 0; i < count; i++) {
        struct number number;
        if (!number_parse(&number, arguments[i]))
            return WORD_NULL;
        if (i == 0 || number_compare(&number, &best) * sign > 0) {
            best = number;
            *result = arguments[i];
        }
    }
    return WORD_TEXT;
}

static enum word_result word_MATH_MIN(HOME_ARGUMENTS) {
    return extreme(vm, arguments, count, -1, result);
}

static enum word_result word_MATH_MAX(HOME_ARGUMENTS) {
    return extreme(vm, arguments, count, 1, result);
}

typedef bool arithmetic(struct number *result, const struct number *a, const struct number *b);

static enum word_result reckon(struct vm *vm, const struct slice *arguments, arithmetic *operation,
                               struct slice *result) {
    struct number a, b, c;
    char buffer[NUMBER_TEXT];
    vm_spend(vm, NUMBER_DIGITS * NUMBER_DIGITS);
    if (!number_parse(&a, arguments[0]) || !number_parse(&b, arguments[1]) || !operation(&c, &a, &b))
        return WORD_NULL;
    return answer_copy(vm, result, slice_of(number_format(&c, buffer)));
}

static enum word_result word_MATH_ADD(HOME_ARGUMENTS) {
    (void)count;
    return reckon(vm, arguments, number_add, result);
}

static enum word_result word_MATH_SUB(HOME_ARGUMENTS) {
    (void)count;
    return reckon(vm, arguments, number_subtract, result);
}

static enum word_result word_MATH_MUL(HOME_ARGUMENTS) {
    (void)count;
    return reckon(vm, arguments, number_multiply, result);
}

static enum word_result word_MATH_MOD(HOME_ARGUMENTS) {
    (void)count;
    return reckon(vm, arguments, number_remainder, result);
}

/* SipHash-2-4 of x's bytes with a key of zeros (grammar/hash.h), modulo n: the same on every
 * machine and in every release, since callers keep their choice only as long as it is. */
static enum word_result word_HASH(HOME_ARGUMENTS) {
    struct number number;
    uint64_t n;
    (void)count;
    if (!arguments[0].at || !number_parse(&number, arguments[1]) || !number_whole(&number, UINT64_MAX, &n) || n == 0)
        return WORD_NULL;
    return answer_whole(vm, result, hash_open(arguments[0].at, arguments[0].len) % n);
}
