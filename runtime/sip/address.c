/* SPDX-License-Identifier: MIT */
#include "runtime/sip/address.h"

#include <stdio.h>
#include <string.h>

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b) {
    return a->port == b->port && a->transport == b->transport && a->scope == b->scope && ip_equal(&a->ip, &b->ip);
}

const char *endpoint_text(const struct endpoint *endpoint, char buffer[ENDPOINT_TEXT]) {
    char ip[IP_TEXT];
    bool brackets = endpoint->ip.family == 6;
    snprintf(buffer, ENDPOINT_TEXT, "%s%s%s:%u", brackets ? "[" : "", ip_format(&endpoint->ip, ip), brackets ? "]" : "",
             (unsigned)endpoint->port);
    return buffer;
}

/* A block of the IANA special-purpose address registries (RFC 6890). The first one that holds an address decides, so
 * that an exception stands before the block it is cut out of. */
struct special {
    struct ip_block block;
    bool global;
};

#define IPV4(A, B, C, D, PREFIX)                                                                                       \
    { {.family = 4, .bytes = {A, B, C, D}}, PREFIX }
#define IPV6(PREFIX, ...)                                                                                              \
    { {.family = 6, .bytes = {__VA_ARGS__}}, PREFIX }

static const struct special specials[] = {
    {IPV4(0, 0, 0, 0, 8), false},       /* this network: RFC 791 */
    {IPV4(10, 0, 0, 0, 8), false},      /* private: RFC 1918 */
    {IPV4(100, 64, 0, 0, 10), false},   /* shared: RFC 6598 */
    {IPV4(127, 0, 0, 0, 8), false},     /* loopback: RFC 1122 */
    {IPV4(169, 254, 0, 0, 16), false},  /* link-local: RFC 3927 */
    {IPV4(172, 16, 0, 0, 12), false},   /* private */
    {IPV4(192, 0, 0, 9, 32), true},     /* PCP anycast: RFC 7723 */
    {IPV4(192, 0, 0, 10, 32), true},    /* TURN anycast: RFC 8155 */
    {IPV4(192, 0, 0, 0, 24), false},    /* protocol assignments: RFC 6890 */
    {IPV4(192, 0, 2, 0, 24), false},    /* documentation: RFC 5737 */
    {IPV4(192, 168, 0, 0, 16), false},  /* private */
    {IPV4(198, 18, 0, 0, 15), false},   /* benchmarking: RFC 2544 */
    {IPV4(198, 51, 100, 0, 24), false}, /* documentation */
    {IPV4(203, 0, 113, 0, 24), false},  /* documentation */
    {IPV4(224, 0, 0, 0, 4), false},     /* multicast: nobody's address */
    {IPV4(240, 0, 0, 0, 4), false},     /* reserved: RFC 1112; broadcast */
    {IPV4(0, 0, 0, 0, 0), true},

    {IPV6(96, 0, 0x64, 0xff, 0x9b), true},      /* translation: RFC 6052 */
    {IPV6(128, 0x20, 1, 0, 1, [15] = 1), true}, /* PCP anycast */
    {IPV6(128, 0x20, 1, 0, 1, [15] = 2), true}, /* TURN anycast */
    {IPV6(128, 0x20, 1, 0, 1, [15] = 3), true}, /* DNS-SD anycast: RFC 9665 */
    {IPV6(32, 0x20, 1, 0, 3), true},            /* AMT: RFC 7450 */
    {IPV6(48, 0x20, 1, 0, 4, 1, 0x12), true},   /* AS112: RFC 7535 */
    {IPV6(28, 0x20, 1, 0, 0x20), true},         /* ORCHIDv2: RFC 7343 */
    {IPV6(28, 0x20, 1, 0, 0x30), true},         /* drone identities: RFC 9374 */
    {IPV6(23, 0x20, 1), false},                 /* protocol assignments: RFC 2928 */
    {IPV6(32, 0x20, 1, 0x0d, 0xb8), false},     /* documentation: RFC 3849 */
    {IPV6(16, 0x20, 2), false},                 /* 6to4: RFC 3056 */
    {IPV6(20, 0x3f, 0xff), false},              /* documentation: RFC 9637 */
    {IPV6(3, 0x20), true},                      /* global unicast: RFC 4291; all the rest is not */
    {IPV6(0, 0), false},
};

static bool in_block(const struct ip_address *ip, struct ip_block block) {
    return ip_block_has(&block, ip);
}

bool ip_is_loopback(const struct ip_address *ip) {
    return in_block(ip, (struct ip_block)IPV4(127, 0, 0, 0, 8)) || in_block(ip, (struct ip_block)IPV6(128, [15] = 1));
}

bool ip_is_multicast(const struct ip_address *ip) {
    return in_block(ip, (struct ip_block)IPV4(224, 0, 0, 0, 4)) || in_block(ip, (struct ip_block)IPV6(8, 0xff));
}

bool ip_is_broadcast(const struct ip_address *ip) {
    return in_block(ip, (struct ip_block)IPV4(255, 255, 255, 255, 32));
}

bool ip_is_unspecified(const struct ip_address *ip) {
    return in_block(ip, (struct ip_block)IPV4(0, 0, 0, 0, 32)) || in_block(ip, (struct ip_block)IPV6(128, 0));
}

bool ip_is_mapped(const struct ip_address *ip) {
    return in_block(ip, (struct ip_block)IPV6(96, [10] = 0xff, [11] = 0xff));
}

bool ip_is_global(const struct ip_address *ip) {
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (ip_block_has(&specials[i].block, ip))
            return specials[i].global;
    return false;
}
