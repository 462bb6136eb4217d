/* SPDX-License-Identifier: MIT */
#include "runtime/sip/address.h"

#include <criterion/criterion.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct ip_address ip(const char *text) {
    struct ip_address address;
    cr_assert(ip_parse(&address, slice_of(text)), "%s", text);
    return address;
}

Test(address, an_endpoint_is_written_with_brackets_around_ipv6) {
    char text[ENDPOINT_TEXT];
    struct endpoint a = {.ip = ip("192.0.2.1"), .port = 5060, .transport = TRANSPORT_UDP};
    cr_expect_str_eq(endpoint_text(&a, text), "192.0.2.1:5060");
    a.ip = ip("2001:db8::1");
    cr_expect_str_eq(endpoint_text(&a, text), "[2001:db8::1]:5060");
    a.ip = ip("2001:db8:1111:2222:3333:4444:5555:6666");
    a.port = 65535;
    cr_expect_str_eq(endpoint_text(&a, text), "[2001:db8:1111:2222:3333:4444:5555:6666]:65535");
}

Test(address, endpoints_differ_in_any_part) {
    struct endpoint a = {.ip = ip("192.0.2.1"), .port = 5060, .transport = TRANSPORT_UDP}, b = a;
    cr_expect(endpoint_equal(&a, &b));
    b.port = 5061;
    cr_expect_not(endpoint_equal(&a, &b));
    b = a;
    b.transport = TRANSPORT_TCP;
    cr_expect_not(endpoint_equal(&a, &b));
    b = a;
    b.ip = ip("192.0.2.2");
    cr_expect_not(endpoint_equal(&a, &b));
    b = a;
    b.scope = 2;
    cr_expect_not(endpoint_equal(&a, &b));
}

Test(address, kinds_of_addresses_are_told_apart) {
    static const struct {
        const char *text;
        bool loopback, multicast, broadcast, unspecified, global;
    } rows[] = {
        /* first and last of each block, from the IANA special-purpose registries */
        {"127.0.0.1", true, false, false, false, false},
        {"127.255.255.255", true, false, false, false, false},
        {"128.0.0.1", false, false, false, false, true},
        {"::1", true, false, false, false, false},
        {"::ffff:127.0.0.1", true, false, false, false, false},
        {"224.0.0.1", false, true, false, false, false},
        {"239.255.255.255", false, true, false, false, false},
        {"ff02::1", false, true, false, false, false},
        {"255.255.255.255", false, false, true, false, false},
        {"240.0.0.1", false, false, false, false, false},
        {"0.0.0.0", false, false, false, true, false},
        {"::", false, false, false, true, false},
        {"8.8.8.8", false, false, false, false, true},
        {"9.255.255.255", false, false, false, false, true},
        {"10.0.0.0", false, false, false, false, false},
        {"10.255.255.255", false, false, false, false, false},
        {"11.0.0.0", false, false, false, false, true},
        {"100.63.255.255", false, false, false, false, true},
        {"100.64.0.0", false, false, false, false, false},
        {"100.127.255.255", false, false, false, false, false},
        {"100.128.0.0", false, false, false, false, true},
        {"169.254.1.1", false, false, false, false, false},
        {"172.15.255.255", false, false, false, false, true},
        {"172.16.0.0", false, false, false, false, false},
        {"172.31.255.255", false, false, false, false, false},
        {"172.32.0.0", false, false, false, false, true},
        {"192.0.0.8", false, false, false, false, false},
        {"192.0.0.9", false, false, false, false, true},
        {"192.0.0.10", false, false, false, false, true},
        {"192.0.2.1", false, false, false, false, false},
        {"192.168.0.1", false, false, false, false, false},
        {"198.18.0.1", false, false, false, false, false},
        {"198.19.255.255", false, false, false, false, false},
        {"198.20.0.0", false, false, false, false, true},
        {"198.51.100.7", false, false, false, false, false},
        {"203.0.113.7", false, false, false, false, false},
        {"203.0.114.1", false, false, false, false, true},
        {"2a00:1450::1", false, false, false, false, true},
        {"2001:4860:4860::8888", false, false, false, false, true},
        {"2001:db8::1", false, false, false, false, false},
        {"2001::1", false, false, false, false, false},
        {"2001:1::1", false, false, false, false, true},
        {"2001:1::4", false, false, false, false, false},
        {"2001:3::1", false, false, false, false, true},
        {"2001:4:112::1", false, false, false, false, true},
        {"2001:4:113::1", false, false, false, false, false},
        {"2001:20::1", false, false, false, false, true},
        {"2001:3f:ffff::1", false, false, false, false, true},
        {"2001:40::1", false, false, false, false, false},
        {"2001:200::1", false, false, false, false, true},
        {"2002::1", false, false, false, false, false},
        {"3fff::1", false, false, false, false, false},
        {"3fff:1000::1", false, false, false, false, true},
        {"fe80::1", false, false, false, false, false},
        {"fc00::1", false, false, false, false, false},
        {"fdff::1", false, false, false, false, false},
        {"64:ff9b::808:808", false, false, false, false, true},
        {"64:ff9b:1::1", false, false, false, false, false},
        {"100::1", false, false, false, false, false},
        {"5f00::1", false, false, false, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_address a = ip(rows[i].text);
        cr_expect_eq(ip_is_loopback(&a), rows[i].loopback, "%s loopback", rows[i].text);
        cr_expect_eq(ip_is_multicast(&a), rows[i].multicast, "%s multicast", rows[i].text);
        cr_expect_eq(ip_is_broadcast(&a), rows[i].broadcast, "%s broadcast", rows[i].text);
        cr_expect_eq(ip_is_unspecified(&a), rows[i].unspecified, "%s unspecified", rows[i].text);
        cr_expect_eq(ip_is_global(&a), rows[i].global, "%s global", rows[i].text);
    }
    struct ip_address none = {0};
    cr_expect_not(ip_is_global(&none));
    cr_expect_not(ip_is_loopback(&none));
}
