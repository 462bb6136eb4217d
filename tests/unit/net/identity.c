/* SPDX-License-Identifier: MIT */
#include "runtime/net/identity.h"

#include <criterion/criterion.h>

/* What certificates prove with whole handshakes: tls.c. */

static const struct identity mail = {IDENTITY_OTHER, SLICE("sip.example")};
static const struct identity uri = {IDENTITY_URI, SLICE("sip:sip.example")};
static const struct identity user = {IDENTITY_URI, SLICE("sip:alice@sip.example")};
static const struct identity first = {IDENTITY_DNS, SLICE("a.example")};
static const struct identity second = {IDENTITY_DNS, SLICE("b.example")};
static const struct identity address = {IDENTITY_ADDRESS, SLICE("\xc0\x00\x02\x01")};

Test(identity, an_address_has_the_length_of_its_family) {
    const struct identity short_one = {IDENTITY_ADDRESS, SLICE("\xc0\x00\x02")};
    const struct identity text = {IDENTITY_ADDRESS, SLICE("192.0.2.1")};
    cr_expect(identity_proves(&address, 1, SLICE("192.0.2.1")));
    cr_expect_not(identity_proves(&short_one, 1, SLICE("192.0.2.1")));
    cr_expect_not(identity_proves(&text, 1, SLICE("192.0.2.1")));
}

/* RFC 5922 7.1: only a URI that is an identity puts the DNS names aside. */
Test(identity, a_dns_name_counts_only_beside_uris_that_are_no_identity) {
    const struct identity beside_user[] = {user, first}, beside_uri[] = {first, uri};
    cr_expect(identity_proves(beside_user, 2, SLICE("a.example")));
    cr_expect_not(identity_proves(beside_uri, 2, SLICE("a.example")));
}

Test(identity, what_a_certificate_is_for_is_told_as_far_as_there_is_room) {
    static const struct {
        struct identity list[3];
        unsigned count;
        size_t size;
        const char *text;
    } rows[] = {
        {{first, second}, 2, 64, "a.example, b.example"},
        {{first, uri, mail}, 3, 64, "sip.example"},
        {{first, second, first}, 3, 14, "a.example, b."},
        {{first, second}, 2, 10, "a.example"},
        {{mail, address, user}, 3, 64, "no SIP identity (RFC 5922 7.1)"},
        {{mail}, 0, 64, "no SIP identity (RFC 5922 7.1)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        identity_tell(rows[i].list, rows[i].count, text, rows[i].size);
        cr_expect_str_eq(text, rows[i].text, "row %zu: %s", i, text);
    }
}
