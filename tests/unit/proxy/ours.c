/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/ours.h"

#include <criterion/criterion.h>

static struct ip_address ip(const char *text) {
    struct ip_address address;
    cr_assert(ip_parse(&address, slice_of(text)));
    return address;
}

static struct sip_uri uri(const char *text) {
    struct sip_uri parsed;
    cr_assert_eq(uri_parse(&parsed, slice_of(text), URI_EMPTY_HOST), 0, "%s", text);
    return parsed;
}

struct row {
    const char *uri;
    bool ours, host;
};

static void check(const struct proxy_settings *settings, const struct row *rows, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        struct sip_uri parsed = uri(rows[i].uri);
        cr_expect_eq(ours_uri(settings, &parsed), rows[i].ours, "%s is ours", rows[i].uri);
        cr_expect_eq(ours_host(settings, &parsed), rows[i].host, "%s is a host of ours", rows[i].uri);
    }
}

Test(ours, a_domain_whatever_its_port_and_a_listener_with_its_port) {
    static const struct slice domains[] = {SLICE("example.com"), SLICE("198.51.100.7")};
    const struct endpoint listeners[] = {{.ip = ip("203.0.113.1"), .port = 5060},
                                         {.ip = ip("2001:db8::1"), .port = 5070}};
    const struct ip_address addresses[] = {ip("203.0.113.1"), ip("203.0.113.2"), ip("2001:db8::1")};
    const struct proxy_settings settings = {.domains = domains,
                                            .domain_count = 2,
                                            .listeners = listeners,
                                            .listener_count = 2,
                                            .addresses = addresses,
                                            .address_count = 3};
    static const struct row rows[] = {
        {"sip:a@example.com", true, true},
        {"sip:a@EXAMPLE.com:5090", true, true},
        {"sips:a@example.com.", true, true},
        {"sip:a@sub.example.com", false, false},
        {"sip:a@198.51.100.7:9", true, true},
        {"sip:203.0.113.1", true, true},
        {"sip:a@203.0.113.1:5060", true, true},
        {"sip:a@203.0.113.1:5061", false, true},
        {"sips:a@203.0.113.1", false, true},
        {"sip:a@203.0.113.1;transport=tcp", true, true},
        {"sip:a@203.0.113.1;transport=tls", false, true},
        {"sip:a@203.0.113.1;transport=carrier-pigeon", true, true},
        {"sip:a@203.0.113.1:5061;transport=carrier-pigeon", false, true},
        {"sip:a@203.0.113.2", false, true},
        {"sip:a@[2001:db8::1]", false, true},
        {"sip:a@[2001:DB8:0::1]:5070", true, true},
        {"sip:a@192.0.2.1", false, false},
        {"sip:a@", true, false},
        {"tel:+1", false, false},
    };
    check(&settings, rows, sizeof rows / sizeof *rows);
}

Test(ours, a_wildcard_stands_for_every_own_address_of_its_family) {
    const struct endpoint listeners[] = {{.ip = ip("0.0.0.0"), .port = 5060},
                                         {.ip = ip("0.0.0.0"), .port = 5061, .transport = TRANSPORT_TLS}};
    const struct ip_address addresses[] = {ip("127.0.0.1"), ip("203.0.113.2"), ip("2001:db8::1")};
    const struct proxy_settings settings = {.listeners = listeners,
                                            .listener_count = 2,
                                            .addresses = addresses,
                                            .address_count = 3,
                                            .advertise = SLICE("sip.example.net"),
                                            .advertise_port = 5080};
    static const struct row rows[] = {
        {"sip:a@203.0.113.2", true, true},
        {"sip:a@127.0.0.1:5060", true, true},
        {"sip:a@127.0.0.2", false, false},
        {"sip:a@[2001:db8::1]", false, true},
        {"sip:a@sip.example.net:5080", true, true},
        {"sip:a@sip.example.net", false, true},
        {"sips:a@sip.example.net", true, true},
        {"sip:a@sip.example.net:5062", false, true},
        {"sip:a@0.0.0.0", false, false},
    };
    check(&settings, rows, sizeof rows / sizeof *rows);
}
