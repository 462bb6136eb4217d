/* SPDX-License-Identifier: MIT */
/* Decimal numbers as $math reckons with them: exact, so that a telephone number of twenty digits
 * stays itself and 0.1 + 0.2 is 0.3; no floating point, no locale. Read as decimal_parse of
 * grammar/value.h reads them. */
#ifndef FOV_RUNTIME_PLAN_NUMBER_H
#define FOV_RUNTIME_PLAN_NUMBER_H

#include "grammar/slice.h"

enum {
    NUMBER_DIGITS = 40, /* of a number, without zeros at its ends; a longer one is none */
    NUMBER_ROOM = 2 * NUMBER_DIGITS + 1,
    NUMBER_TEXT = NUMBER_DIGITS + 4, /* sign, "0.", digits, NUL */
};

struct number {
    bool negative;  /* never for 0 */
    unsigned count; /* digits; those behind the point are `scale` of them */
    unsigned scale;
    uint8_t digits[NUMBER_ROOM]; /* the least significant first; the rest is 0 */
};

bool number_parse(struct number *number, struct slice text);
/* <0, 0, >0 */
int number_compare(const struct number *a, const struct number *b);
/* False when the result has more than NUMBER_DIGITS digits. */
bool number_add(struct number *sum, const struct number *a, const struct number *b);
bool number_subtract(struct number *difference, const struct number *a, const struct number *b);
bool number_multiply(struct number *product, const struct number *a, const struct number *b);
/* What a truncated division leaves: it has a's sign. False when b is 0. */
bool number_remainder(struct number *remainder, const struct number *a, const struct number *b);
/* A whole number from 0 to max. */
bool number_whole(const struct number *number, uint64_t max, uint64_t *whole);
/* Without exponent, without zeros at its ends ("0.5", "-12"); returns buffer. */
const char *number_format(const struct number *number, char buffer[NUMBER_TEXT]);

#endif
