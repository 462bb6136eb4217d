/* SPDX-License-Identifier: MIT */
#include "runtime/net/identity.h"

#include <criterion/criterion.h>

/* What certificates prove with whole handshakes: tls.c. */

#define MAIL    ((struct identity){IDENTITY_OTHER, SLICE("sip.example")})
#define HOST    ((struct identity){IDENTITY_URI, SLICE("sip:sip.example")})
#define USER    ((struct identity){IDENTITY_URI, SLICE("sip:alice@sip.example")})
#define FIRST   ((struct identity){IDENTITY_DNS, SLICE("a.example")})
#define SECOND  ((struct identity){IDENTITY_DNS, SLICE("b.example")})
#define ADDRESS ((struct identity){IDENTITY_ADDRESS, SLICE("\xc0\x00\x02\x01")})

Test(identity, an_address_has_the_length_of_its_family) {
    const struct identity whole = ADDRESS, cut = {IDENTITY_ADDRESS, SLICE("\xc0\x00\x02")},
                          text = {IDENTITY_ADDRESS, SLICE("192.0.2.1")};
    cr_expect(identity_proves(&whole, 1, SLICE("192.0.2.1")));
    cr_expect_not(identity_proves(&cut, 1, SLICE("192.0.2.1")));
    cr_expect_not(identity_proves(&text, 1, SLICE("192.0.2.1")));
}

/* RFC 5922 7.1: only a URI that is an identity puts the DNS names aside. */
Test(identity, a_dns_name_counts_only_beside_uris_that_are_no_identity) {
    const struct identity beside_user[] = {USER, FIRST}, beside_host[] = {FIRST, HOST};
    cr_expect(identity_proves(beside_user, 2, SLICE("a.example")));
    cr_expect_not(identity_proves(beside_host, 2, SLICE("a.example")));
}

Test(identity, what_a_certificate_is_for_is_told_as_far_as_there_is_room) {
    const struct {
        struct identity list[3];
        unsigned count;
        size_t size;
        const char *text;
    } rows[] = {
        {{FIRST, SECOND}, 2, 64, "a.example, b.example"},
        {{FIRST, HOST, MAIL}, 3, 64, "sip.example"},
        {{FIRST, SECOND, FIRST}, 3, 14, "a.example, b."},
        {{FIRST, SECOND}, 2, 10, "a.example"},
        {{MAIL, ADDRESS, USER}, 3, 64, "no SIP identity (RFC 5922 7.1)"},
        {{MAIL}, 0, 64, "no SIP identity (RFC 5922 7.1)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        identity_tell(rows[i].list, rows[i].count, text, rows[i].size);
        cr_expect_str_eq(text, rows[i].text, "row %zu: %s", i, text);
    }
}
