/* SPDX-License-Identifier: MIT */
#include "runtime/net/identity.h"

#include "grammar/value.h"

#include <criterion/criterion.h>
#include <string.h>

enum { IDENTITIES_MAX = 4 };

struct names {
    struct identity list[IDENTITIES_MAX];
    struct ip_address ip;
    unsigned count;
};

/* As openssl has them: "DNS:a.example,IP:192.0.2.1", with one address at most. */
static void read_names(struct names *names, const char *text) {
    struct slice rest = slice_of(text);
    for (names->count = 0; rest.len; names->count++) {
        struct identity *identity = &names->list[names->count];
        size_t length = strcspn(rest.at, ",");
        struct slice one = {rest.at, length};
        rest = slice_from(rest, length < rest.len ? length + 1 : length);
        bool is_ip = slice_starts(one, SLICE("IP:")), is_uri = slice_starts(one, SLICE("URI:"));
        identity->value = slice_from(one, strcspn(one.at, ":") + 1);
        identity->kind = is_ip                              ? IDENTITY_ADDRESS
                         : is_uri                           ? IDENTITY_URI
                         : slice_starts(one, SLICE("DNS:")) ? IDENTITY_DNS
                                                            : IDENTITY_OTHER;
        if (is_ip) {
            cr_assert(ip_parse(&names->ip, identity->value));
            identity->value = (struct slice){(const char *)names->ip.bytes, names->ip.family == 6 ? 16 : 4};
        }
    }
}

/* RFC 5922 7.1, 7.2 */
Test(identity, a_certificate_proves_what_its_alternative_names_say_and_nothing_else) {
    static const struct {
        const char *names, *host;
        bool proves;
    } rows[] = {
        {"DNS:sip.example", "sip.example", true},
        {"DNS:sip.example", "SIP.Example.", true},
        {"DNS:other.example,DNS:sip.example", "sip.example", true},
        {"DNS:example", "sip.example", false},
        {"DNS:sip.example", "a.sip.example", false},
        {"DNS:*.example", "sip.example", false},
        {"DNS:*.example", "*.example", true},
        {"URI:sip:sip.example", "sip.example", true},
        {"URI:sip:sip.example,DNS:other.example", "other.example", false},
        {"URI:sip:alice@sip.example", "sip.example", false},
        {"URI:sip:alice@sip.example,DNS:sip.example", "sip.example", true},
        {"URI:sips:sip.example", "sip.example", false},
        {"URI:https://sip.example,DNS:sip.example", "sip.example", true},
        {"URI:sip:*.example", "sip.example", false},
        {"IP:192.0.2.1", "192.0.2.1", true},
        {"IP:192.0.2.1", "192.0.2.10", false},
        {"IP:192.0.2.1,URI:sip:sip.example", "192.0.2.1", true},
        {"DNS:192.0.2.1", "192.0.2.1", false},
        {"IP:2001:db8::1", "[2001:db8:0::1]", true},
        {"email:sip.example", "sip.example", false},
        {"", "sip.example", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct names names;
        read_names(&names, rows[i].names);
        cr_expect_eq(identity_proves(names.list, names.count, slice_of(rows[i].host)), rows[i].proves, "%s for %s",
                     rows[i].names, rows[i].host);
    }
}

Test(identity, an_address_has_the_length_of_its_family) {
    static const struct identity cut = {IDENTITY_ADDRESS, {"\xc0\x00\x02", 3}};
    static const struct identity text = {IDENTITY_ADDRESS, {"192.0.2.1", 9}};
    cr_expect_not(identity_proves(&cut, 1, SLICE("192.0.2.1")));
    cr_expect_not(identity_proves(&text, 1, SLICE("192.0.2.1")));
}

Test(identity, what_a_certificate_is_for_is_told_as_far_as_there_is_room) {
    static const struct {
        const char *names;
        size_t size;
        const char *text;
    } rows[] = {
        {"DNS:a.example,DNS:b.example", 64, "a.example, b.example"},
        {"DNS:a.example,URI:sip:sip.example,email:a@b.example", 64, "sip.example"},
        {"DNS:a.example,DNS:b.example,DNS:a.example", 14, "a.example, b."},
        {"DNS:a.example,DNS:b.example", 10, "a.example"},
        {"email:a@b.example,IP:192.0.2.1,URI:sip:alice@sip.example", 64, "no SIP identity (RFC 5922 7.1)"},
        {"", 64, "no SIP identity (RFC 5922 7.1)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct names names;
        char text[64];
        read_names(&names, rows[i].names);
        identity_tell(names.list, names.count, text, rows[i].size);
        cr_expect_str_eq(text, rows[i].text, "%s: %s", rows[i].names, text);
    }
}
