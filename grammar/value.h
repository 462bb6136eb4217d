/* SPDX-License-Identifier: MIT */
/* Values as people write them in plans, on command lines and in configurations: addresses and blocks of them, times,
 * truth values. One reader each, used by the compiler for constants and at run time for the rest. */
#ifndef FOV_GRAMMAR_VALUE_H
#define FOV_GRAMMAR_VALUE_H

#include "grammar/slice.h"

struct ip_address {
    uint8_t family; /* 4, 6; 0: none */
    uint8_t bytes[16];
};

enum { IP_TEXT = 48 };

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; IPv4-mapped IPv6 becomes IPv4. No zone ids, no leading zeros. */
bool ip_parse(struct ip_address *ip, struct slice text);
/* RFC 5952 form without brackets; returns buffer. */
const char *ip_format(const struct ip_address *ip, char buffer[IP_TEXT]);
bool ip_equal(const struct ip_address *a, const struct ip_address *b);
/* <0, 0, >0; addresses of different families do not compare: false. */
bool ip_compare(const struct ip_address *a, const struct ip_address *b, int *order);

struct ip_block {
    struct ip_address ip;
    uint8_t prefix; /* bits */
};

/* "10.0.0.0/8", "2001:db8::/32"; a bare address is a block of one. Bits behind the prefix are ignored. */
bool ip_block_parse(struct ip_block *block, struct slice text);
bool ip_block_has(const struct ip_block *block, const struct ip_address *ip);

/* Index of `word` in "a|b|c", whatever its letter case; -1 for none. */
int choice_named(const char *choices, struct slice word);

bool boolean_parse(bool *value, struct slice text); /* true, false, any letter case */

/* "10", "0.5", "500ms", "10s", "10 sec", "2m", "1h": to milliseconds, at most 24 hours. A bare number is seconds. */
bool duration_parse(uint32_t *milliseconds, struct slice text);

/* "9:00", "17:30", "24:00": minutes of the day. */
bool time_of_day_parse(unsigned *minutes, struct slice text);

/* "486", "486 Busy": code 100..699 and what stands behind it (may be empty). */
bool answer_parse(unsigned *code, struct slice *reason, struct slice text);

/* A decimal number with sign and fraction, as $math reads it; false for anything else. */
bool decimal_parse(double *number, struct slice text);

#endif
