/* SPDX-License-Identifier: MIT */
#include "runtime/plan/number.h"

#include <string.h>

/* Drops zeros at both ends; false when it is still too long. */
static bool normalise(struct number *number) {
    unsigned zeros = 0;
    while (number->count > number->scale && number->digits[number->count - 1] == 0)
        number->count--;
    while (zeros < number->scale && number->digits[zeros] == 0)
        zeros++;
    memmove(number->digits, number->digits + zeros, number->count - zeros);
    memset(number->digits + number->count - zeros, 0, zeros);
    number->count -= zeros;
    number->scale -= zeros;
    if (number->count == 0)
        number->negative = false;
    return number->count <= NUMBER_DIGITS;
}

bool number_parse(struct number *number, struct slice text) {
    *number = (struct number){.negative = text.len && text.at[0] == '-'};
    if (number->negative || (text.len && text.at[0] == '+'))
        text = slice_from(text, 1);
    size_t point = slice_find(text, 0, '.');
    if (point == 0 || point + 1 == text.len)
        return false;
    size_t start = 0, end = text.len;
    while (start < point && text.at[start] == '0')
        start++;
    while (point < text.len && end > point + 1 && text.at[end - 1] == '0')
        end--;
    for (size_t i = end; i-- > start;) {
        if (i == point)
            continue;
        if (!byte_is_digit((unsigned char)text.at[i]) || number->count == NUMBER_DIGITS)
            return false;
        number->digits[number->count++] = (uint8_t)(text.at[i] - '0');
        number->scale += i > point;
    }
    return normalise(number);
}

/* The same number with `scale` digits behind the point: both of a pair then are whole numbers of
 * one unit. */
static struct number scaled(const struct number *number, unsigned scale) {
    struct number result = {
        .negative = number->negative, .count = number->count + scale - number->scale, .scale = scale};
    memcpy(result.digits + scale - number->scale, number->digits, number->count);
    return result;
}

static void align(struct number *a, struct number *b) {
    unsigned scale = a->scale > b->scale ? a->scale : b->scale;
    *a = scaled(a, scale);
    *b = scaled(b, scale);
}

/* Of aligned numbers, without their signs. */
static int compare_digits(const struct number *a, const struct number *b) {
    for (unsigned i = a->count > b->count ? a->count : b->count; i-- > 0;)
        if (a->digits[i] != b->digits[i])
            return a->digits[i] < b->digits[i] ? -1 : 1;
    return 0;
}

/* a += b, of aligned numbers without their signs. There is room for the carry. */
static void add_digits(struct number *a, const struct number *b) {
    unsigned carry = 0;
    if (a->count < b->count)
        a->count = b->count;
    for (unsigned i = 0; i < a->count; i++) {
        unsigned digit = a->digits[i] + b->digits[i] + carry;
        a->digits[i] = (uint8_t)(digit % 10);
        carry = digit / 10;
    }
    if (carry)
        a->digits[a->count++] = 1;
}

/* a -= b, of aligned numbers without their signs, b being no larger. */
static void subtract_digits(struct number *a, const struct number *b) {
    unsigned borrow = 0;
    for (unsigned i = 0; i < a->count; i++) {
        unsigned take = b->digits[i] + borrow;
        borrow = a->digits[i] < take;
        a->digits[i] = (uint8_t)(a->digits[i] + 10 * borrow - take);
    }
}

int number_compare(const struct number *a, const struct number *b) {
    struct number left = *a, right = *b;
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    align(&left, &right);
    return a->negative ? compare_digits(&right, &left) : compare_digits(&left, &right);
}

bool number_add(struct number *sum, const struct number *a, const struct number *b) {
    struct number left = *a, right = *b;
    align(&left, &right);
    if (left.negative == right.negative) {
        add_digits(&left, &right);
    } else if (compare_digits(&left, &right) >= 0) {
        subtract_digits(&left, &right);
    } else {
        struct number swap = left;
        left = right;
        right = swap;
        subtract_digits(&left, &right);
    }
    *sum = left;
    return normalise(sum);
}

bool number_subtract(struct number *difference, const struct number *a, const struct number *b) {
    struct number negated = *b;
    negated.negative = b->count && !b->negative;
    return number_add(difference, a, &negated);
}

bool number_multiply(struct number *product, const struct number *a, const struct number *b) {
    struct number result = {
        .negative = a->negative != b->negative, .count = a->count + b->count, .scale = a->scale + b->scale};
    for (unsigned i = 0; i < a->count; i++) {
        unsigned carry = 0;
        for (unsigned j = 0; j < b->count || carry; j++) {
            unsigned digit = result.digits[i + j] + carry + (j < b->count ? a->digits[i] * b->digits[j] : 0u);
            result.digits[i + j] = (uint8_t)(digit % 10);
            carry = digit / 10;
        }
    }
    *product = result;
    return normalise(product);
}

bool number_remainder(struct number *remainder, const struct number *a, const struct number *b) {
    struct number left = *a, right = *b;
    if (b->count == 0)
        return false;
    align(&left, &right);
    struct number rest = {.negative = a->negative, .scale = left.scale};
    for (unsigned i = left.count; i-- > 0;) { /* as on paper, from the most significant digit on */
        memmove(rest.digits + 1, rest.digits, right.count);
        rest.digits[0] = left.digits[i];
        rest.count = right.count + 1;
        while (compare_digits(&rest, &right) >= 0)
            subtract_digits(&rest, &right);
    }
    *remainder = rest;
    return normalise(remainder);
}

bool number_whole(const struct number *number, uint64_t max, uint64_t *whole) {
    uint64_t sum = 0;
    if (number->negative || number->scale)
        return false;
    for (unsigned i = number->count; i-- > 0;) {
        unsigned digit = number->digits[i];
        if (digit > max || sum > (max - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *whole = sum;
    return true;
}

const char *number_format(const struct number *number, char buffer[NUMBER_TEXT]) {
    char *at = buffer;
    if (number->negative)
        *at++ = '-';
    if (number->count == number->scale)
        *at++ = '0';
    for (unsigned i = number->count; i-- > 0;) {
        if (i + 1 == number->scale)
            *at++ = '.';
        *at++ = (char)('0' + number->digits[i]);
    }
    *at = '\0';
    return buffer;
}
