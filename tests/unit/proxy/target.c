/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/target.h"

#include "grammar/causes.h"

#include <criterion/criterion.h>

#include <string.h>

/* Where a datagram for a URI goes: RFC 3261 19.1.1 defaults, RFC 3263 4.1 for numeric hosts; "" for
 * nowhere. */
Test(target, a_uri_names_an_endpoint) {
    static const struct {
        const char *uri;
        enum transport asked;
        enum cause cause;
        const char *endpoint;
        enum transport transport;
    } rows[] = {
        {"sip:100@192.0.2.1", TRANSPORT_NONE, CAUSE_NONE, "192.0.2.1:5060", TRANSPORT_UDP},
        {"sip:192.0.2.1:5070", TRANSPORT_NONE, CAUSE_NONE, "192.0.2.1:5070", TRANSPORT_UDP},
        {"sip:100@[2001:db8::1]", TRANSPORT_NONE, CAUSE_NONE, "[2001:db8::1]:5060", TRANSPORT_UDP},
        {"sip:100@192.0.2.1;transport=tcp", TRANSPORT_NONE, CAUSE_NONE, "192.0.2.1:5060", TRANSPORT_TCP},
        {"sip:100@192.0.2.1;transport=tcp", TRANSPORT_UDP, CAUSE_NONE, "192.0.2.1:5060", TRANSPORT_UDP},
        {"sip:100@192.0.2.1", TRANSPORT_TLS, CAUSE_NONE, "192.0.2.1:5061", TRANSPORT_TLS},
        {"sip:100@192.0.2.1;transport=sctp", TRANSPORT_NONE, CAUSE_TRANSPORT_UNSUPPORTED, "", 0},
        {"sips:100@192.0.2.1", TRANSPORT_NONE, CAUSE_NONE, "192.0.2.1:5061", TRANSPORT_TLS},
        {"sips:100@192.0.2.1;transport=tcp", TRANSPORT_NONE, CAUSE_NONE, "192.0.2.1:5061", TRANSPORT_TLS},
        {"sips:100@192.0.2.1;transport=ws", TRANSPORT_NONE, CAUSE_NONE, "192.0.2.1:443", TRANSPORT_WSS},
        {"sips:100@192.0.2.1;transport=udp", TRANSPORT_NONE, CAUSE_TRANSPORT_UNSUPPORTED, "", 0},
        {"sips:100@192.0.2.1", TRANSPORT_UDP, CAUSE_TRANSPORT_UNSUPPORTED, "", 0},
        {"sips:100@192.0.2.1", TRANSPORT_TCP, CAUSE_TRANSPORT_UNSUPPORTED, "", 0},
        {"sip:100@example.com;maddr=192.0.2.7", TRANSPORT_NONE, CAUSE_NONE, "192.0.2.7:5060", TRANSPORT_UDP},
        {"tel:+15551234", TRANSPORT_NONE, CAUSE_SCHEME_UNSUPPORTED, "", 0},
        {"sip:100@255.255.255.255", TRANSPORT_NONE, CAUSE_UNREACHABLE, "", 0},
        {"sip:100@224.0.1.75", TRANSPORT_NONE, CAUSE_UNREACHABLE, "", 0},
        {"sip:100@[ff02::1]", TRANSPORT_NONE, CAUSE_UNREACHABLE, "", 0},
        {"sip:100@0.0.0.0", TRANSPORT_NONE, CAUSE_UNREACHABLE, "", 0},
        {"sip:100@[::]", TRANSPORT_NONE, CAUSE_UNREACHABLE, "", 0},
        {"sip:100@example.com;maddr=224.0.1.75", TRANSPORT_NONE, CAUSE_UNREACHABLE, "", 0},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_uri uri;
        struct endpoint remote;
        char text[ENDPOINT_TEXT];
        cr_assert_eq(uri_parse(&uri, slice_of(rows[i].uri), 0), 0, "%s", rows[i].uri);
        struct locate_request name;
        enum cause cause = target_place(&uri, rows[i].asked, SLICE("sip:a@b"), &remote, &name);
        cr_expect_eq(cause, rows[i].cause, "%s: %s", rows[i].uri, causes[cause]);
        if (cause == CAUSE_NONE && rows[i].cause == CAUSE_NONE) {
            cr_expect_str_eq(endpoint_text(&remote, text), rows[i].endpoint);
            cr_expect_eq(remote.transport, rows[i].transport, "%s", rows[i].uri);
        }
    }
}

Test(target, nobody_leads_us_into_this_machine_or_to_a_crowd_but_who_is_there_already) {
    static const struct {
        const char *uri, *source;
        bool harmless;
    } rows[] = {
        {"sip:100@192.0.2.1", "198.51.100.1", true},
        {"sip:100@example.com", "198.51.100.1", true},
        {"sip:100@127.0.0.1", "198.51.100.1", false},
        {"sip:100@127.0.0.1", "127.0.0.9", true},
        {"sip:100@[::1]", "2001:db8::1", false},
        {"sip:100@224.0.1.75", "127.0.0.1", false},
        {"sip:100@255.255.255.255", "198.51.100.1", false},
        {"sip:100@0.0.0.0", "127.0.0.1", false},
        {"sip:100@192.0.2.1;maddr=127.0.0.1", "198.51.100.1", false},
        {"sip:100@127.0.0.1;maddr=192.0.2.1", "198.51.100.1", true},
        {"sip:100@127.0.0.1;maddr=example.com", "198.51.100.1", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ip_address source;
        struct sip_uri uri;
        cr_assert(ip_parse(&source, slice_of(rows[i].source)));
        cr_assert_eq(uri_parse(&uri, slice_of(rows[i].uri), 0), 0);
        cr_expect_eq(target_is_harmless(&uri, &source), rows[i].harmless, "%s from %s", rows[i].uri, rows[i].source);
    }
}

/* What is to be found out about a name: RFC 3263 4.1 asks for less when more is said. */
/* What name servers say may be anything. */
Test(target, not_every_address_is_a_place) {
    static const struct {
        struct ip_address ip;
        uint16_t port;
        bool place;
    } rows[] = {
        {{.family = 4, .bytes = {192, 0, 2, 1}}, 5060, true},
        {{.family = 4, .bytes = {192, 0, 2, 1}}, 0, false},
        {{.family = 4, .bytes = {127, 0, 0, 1}}, 5060, true},
        {{.family = 4}, 5060, false},
        {{.family = 4, .bytes = {255, 255, 255, 255}}, 5060, false},
        {{.family = 4, .bytes = {224, 0, 1, 75}}, 5060, false},
        {{.family = 6, .bytes = {0x20, 1, 0xd, 0xb8, [15] = 1}}, 5060, true},
        {{.family = 6}, 5060, false},
        {{.family = 6, .bytes = {0xff, 2, [15] = 1}}, 5060, false},
        {{.family = 6, .bytes = {[10] = 0xff, 0xff, 127, 0, 0, 1}}, 5060, false},
        {{.family = 6, .bytes = {[10] = 0xff, 0xff, 192, 0, 2, 1}}, 5060, false},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct endpoint remote = {.ip = rows[i].ip, .port = rows[i].port};
        cr_expect_eq(target_is_place(&remote), rows[i].place, "row %u", i);
    }
}

Test(target, a_uri_names_a_host) {
    static const struct {
        const char *uri;
        enum transport asked;
        const char *request_uri;
        enum cause cause;
        const char *host;
        uint16_t port;
        enum transport transport;
        bool secure;
    } rows[] = {
        {"sip:100@example.com", TRANSPORT_NONE, "sip:a@b", CAUSE_NONE, "example.com", 0, TRANSPORT_NONE, false},
        {"sip:100@example.com.", TRANSPORT_NONE, "sip:a@b", CAUSE_NONE, "example.com", 0, TRANSPORT_NONE, false},
        {"sip:100@example.com:5070", TRANSPORT_NONE, "sip:a@b", CAUSE_NONE, "example.com", 5070, TRANSPORT_NONE, false},
        {"sip:100@192.0.2.1;maddr=example.org", TRANSPORT_NONE, "sip:a@b", CAUSE_NONE, "example.org", 0, TRANSPORT_NONE,
         false},
        {"sip:100@example.com;transport=tcp", TRANSPORT_NONE, "sip:a@b", CAUSE_NONE, "example.com", 0, TRANSPORT_TCP,
         false},
        {"sip:100@example.com;transport=tcp", TRANSPORT_UDP, "sip:a@b", CAUSE_NONE, "example.com", 0, TRANSPORT_UDP,
         false},
        {"sips:100@example.com", TRANSPORT_NONE, "sip:a@b", CAUSE_NONE, "example.com", 0, TRANSPORT_TLS, false},
        {"sips:100@example.com", TRANSPORT_UDP, "sip:a@b", CAUSE_TRANSPORT_UNSUPPORTED, NULL, 0, 0, false},
        {"sip:100@example.com", TRANSPORT_NONE, "sips:a@b", CAUSE_NONE, "example.com", 0, TRANSPORT_NONE, true},
        {"sip:100@example.com", TRANSPORT_UDP, "sips:a@b", CAUSE_TRANSPORT_UNSUPPORTED, NULL, 0, 0, false},
        {"sip:100@example.com;transport=x", TRANSPORT_NONE, "sip:a@b", CAUSE_TRANSPORT_UNSUPPORTED, NULL, 0, 0, false},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_uri uri;
        struct endpoint remote;
        struct locate_request name;
        cr_assert_eq(uri_parse(&uri, slice_of(rows[i].uri), 0), 0, "%s", rows[i].uri);
        enum cause cause = target_place(&uri, rows[i].asked, slice_of(rows[i].request_uri), &remote, &name);
        cr_expect_eq(cause, rows[i].cause, "%s: %s", rows[i].uri, causes[cause]);
        if (cause != CAUSE_NONE || rows[i].cause != CAUSE_NONE)
            continue;
        cr_expect(slice_equal(name.host, slice_of(rows[i].host)), "%s", rows[i].uri);
        cr_expect_eq(name.port, rows[i].port, "%s", rows[i].uri);
        cr_expect_eq(name.transport, rows[i].transport, "%s", rows[i].uri);
        cr_expect_eq(name.secure, rows[i].secure, "%s", rows[i].uri);
    }
}
