/* SPDX-License-Identifier: MIT */
#include "grammar/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <string.h>

enum { MAPPED_BITS = 96, DAY_MS = 24 * 3600 * 1000, DAY_MINUTES = 24 * 60 };

static unsigned address_size(const struct ip_address *ip) {
    return ip->family == 4 ? 4 : ip->family == 6 ? 16 : 0;
}

/* ::ffff:0:0/96, RFC 4291 2.5.5.2 */
static bool is_mapped(const uint8_t bytes[16]) {
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(bytes, mapped, sizeof mapped) == 0;
}

/* *was_mapped: the text had the IPv4-mapped form. */
static bool parse_address(struct ip_address *ip, struct slice text, bool *was_mapped) {
    char copy[IP_TEXT];
    bool bracketed = text.len >= 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';
    if (bracketed)
        text = slice_cut(text, 1, text.len - 1);
    *ip = (struct ip_address){0};
    *was_mapped = false;
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.at, '\0', text.len))
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    if (!bracketed && inet_pton(AF_INET, copy, ip->bytes) == 1) {
        ip->family = 4;
        return true;
    }
    uint8_t bytes[16];
    if (inet_pton(AF_INET6, copy, bytes) != 1)
        return false;
    *was_mapped = is_mapped(bytes);
    ip->family = *was_mapped ? 4 : 6;
    memcpy(ip->bytes, *was_mapped ? bytes + 12 : bytes, address_size(ip));
    return true;
}

bool ip_parse(struct ip_address *ip, struct slice text) {
    bool was_mapped;
    return parse_address(ip, text, &was_mapped);
}

const char *ip_format(const struct ip_address *ip, char buffer[IP_TEXT]) {
    buffer[0] = '\0';
    if (ip->family != 0) {
        int saved = errno;
        inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->bytes, buffer, IP_TEXT);
        errno = saved;
    }
    return buffer;
}

bool ip_equal(const struct ip_address *a, const struct ip_address *b) {
    int order;
    return ip_compare(a, b, &order) && order == 0;
}

bool ip_compare(const struct ip_address *a, const struct ip_address *b, int *order) {
    if (a->family != b->family || a->family == 0)
        return false;
    *order = memcmp(a->bytes, b->bytes, address_size(a));
    return true;
}

bool ip_block_parse(struct ip_block *block, struct slice text) {
    size_t slash = slice_find(text, 0, '/');
    struct slice bits = slice_from(text, slash + 1);
    bool was_mapped;
    if (!parse_address(&block->ip, slice_cut(text, 0, slash), &was_mapped))
        return false;
    uint64_t least = was_mapped ? MAPPED_BITS : 0, most = least + address_size(&block->ip) * 8u, prefix = most;
    if (slash < text.len &&
        (!slice_number(bits, most, &prefix) || (bits.len > 1 && bits.at[0] == '0') || prefix < least))
        return false;
    block->prefix = (uint8_t)(prefix - least);
    return true;
}

bool ip_block_has(const struct ip_block *block, const struct ip_address *ip) {
    if (block->ip.family != ip->family || ip->family == 0)
        return false;
    unsigned whole = block->prefix / 8, rest = block->prefix % 8;
    if (memcmp(block->ip.bytes, ip->bytes, whole) != 0)
        return false;
    return rest == 0 || (block->ip.bytes[whole] ^ ip->bytes[whole]) >> (8 - rest) == 0;
}

int choice_named(const char *choices, struct slice word) {
    for (int index = 0;; index++) {
        size_t length = strcspn(choices, "|");
        if (word.len && slice_same(word, (struct slice){choices, length}))
            return index;
        if (choices[length] == '\0')
            return -1;
        choices += length + 1;
    }
}

bool boolean_parse(bool *value, struct slice text) {
    *value = slice_same(text, SLICE("true"));
    return *value || slice_same(text, SLICE("false"));
}

static size_t count_digits(struct slice text) {
    size_t n = 0;
    while (n < text.len && byte_is_digit((unsigned char)text.at[n]))
        n++;
    return n;
}

/* "12" or "12.50" at the start of text: its digits in front of and behind the point, and the length
 * of it all; false when a side of the point has none. */
static bool split_decimal(struct slice text, struct slice *whole, struct slice *fraction, size_t *length) {
    *whole = slice_cut(text, 0, count_digits(text));
    *fraction = SLICE_EMPTY;
    *length = whole->len;
    if (*length < text.len && text.at[*length] == '.') {
        struct slice behind = slice_from(text, *length + 1);
        *fraction = slice_cut(behind, 0, count_digits(behind));
        *length += 1 + fraction->len;
        return whole->len != 0 && fraction->len != 0;
    }
    return whole->len != 0;
}

/* Milliseconds of a unit, 0 for an unknown one. */
static uint32_t unit_of(struct slice name) {
    static const struct {
        const char *name;
        uint32_t milliseconds;
    } units[] = {{"", 1000}, {"s", 1000}, {"sec", 1000}, {"ms", 1}, {"m", 60 * 1000}, {"h", 3600 * 1000}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (slice_same(name, slice_of(units[i].name)))
            return units[i].milliseconds;
    return 0;
}

bool duration_parse(uint32_t *milliseconds, struct slice text) {
    struct slice whole, fraction;
    size_t length;
    uint64_t count;
    if (!split_decimal(text, &whole, &fraction, &length) || !slice_number(whole, DAY_MS, &count))
        return false;
    struct slice name = slice_from(text, length), unit = slice_trim(name);
    uint64_t each = unit_of(unit);
    if (each == 0 || (unit.len == 0 && name.len != 0) || (unit.len && unit.at + unit.len != text.at + text.len))
        return false;
    /* Rounded up, so that what is not zero stays so: 0 turns a timer off. */
    uint64_t part = 0, scale = 1, rest = 0;
    for (size_t i = 0; i < fraction.len; i++) {
        unsigned digit = (unsigned)(fraction.at[i] - '0');
        if (i < 9) {
            part = part * 10 + digit;
            scale *= 10;
        } else {
            rest |= digit;
        }
    }
    uint64_t sum = count * each + part * each / scale + (part * each % scale != 0 || rest != 0);
    *milliseconds = (uint32_t)sum;
    return sum <= DAY_MS;
}

bool time_of_day_parse(unsigned *minutes, struct slice text) {
    size_t colon = slice_find(text, 0, ':');
    uint64_t hour, minute;
    if (colon > 2 || text.len != colon + 3 || !slice_number(slice_cut(text, 0, colon), 24, &hour) ||
        !slice_number(slice_from(text, colon + 1), 59, &minute) || hour * 60 + minute > DAY_MINUTES)
        return false;
    *minutes = (unsigned)(hour * 60 + minute);
    return true;
}

bool answer_parse(unsigned *code, struct slice *reason, struct slice text) {
    uint64_t number;
    struct slice behind = slice_from(text, 3);
    if (!slice_number(slice_cut(text, 0, 3), 699, &number) || number < 100 ||
        (behind.len && behind.at[0] != ' ' && behind.at[0] != '\t'))
        return false;
    *code = (unsigned)number;
    *reason = slice_trim(behind);
    return true;
}

bool decimal_parse(double *number, struct slice text) {
    bool negative = text.len && text.at[0] == '-';
    struct slice digits = negative || (text.len && text.at[0] == '+') ? slice_from(text, 1) : text, whole, fraction;
    size_t length;
    if (!split_decimal(digits, &whole, &fraction, &length) || length != digits.len)
        return false;
    /* One division of two numbers that are exact for up to 15 digits rounds once, as strtod would:
     * which would also ask the locale. Digits of the fraction behind the fifteenth are too small to
     * count. */
    double sum = 0, scale = 1;
    for (size_t i = 0; i < whole.len; i++)
        sum = sum * 10 + (whole.at[i] - '0');
    for (size_t i = 0; i < fraction.len && i < 15; i++) {
        sum = sum * 10 + (fraction.at[i] - '0');
        scale *= 10;
    }
    if (!isfinite(sum))
        return false;
    *number = negative ? -(sum / scale) : sum / scale;
    return true;
}
