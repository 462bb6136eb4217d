/* SPDX-License-Identifier: MIT */
#include "runtime/sip/uri.h"

#include <criterion/criterion.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static bool is(struct slice s, const char *text) {
    return text ? s.at && slice_equal(s, slice_of(text)) : !s.at;
}

Test(uri, a_sip_uri_is_taken_apart_by_the_grammar_of_rfc_3261) {
    static const struct {
        const char *text;
        enum uri_scheme scheme;
        const char *user, *password, *host;
        unsigned port;
        const char *params, *headers;
        unsigned family;
    } rows[] = {
        {"sip:alice@atlanta.com", URI_SIP, "alice", NULL, "atlanta.com", 0, "", "", 0},
        {"sip:alice:secretword@atlanta.com;transport=tcp", URI_SIP, "alice", "secretword", "atlanta.com", 0,
         ";transport=tcp", "", 0},
        {"sips:alice@atlanta.com?subject=project%20x&priority=urgent", URI_SIPS, "alice", NULL, "atlanta.com", 0, "",
         "?subject=project%20x&priority=urgent", 0},
        {"SIP:+1-212-555-1212:1234@gateway.com;user=phone", URI_SIP, "+1-212-555-1212", "1234", "gateway.com", 0,
         ";user=phone", "", 0},
        {"sips:1212@gateway.com", URI_SIPS, "1212", NULL, "gateway.com", 0, "", "", 0},
        {"sip:alice@192.0.2.4", URI_SIP, "alice", NULL, "192.0.2.4", 0, "", "", 4},
        {"sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com", URI_SIP, NULL, NULL, "atlanta.com", 0,
         ";method=REGISTER", "?to=alice%40atlanta.com", 0},
        {"sip:alice;day=tuesday@atlanta.com", URI_SIP, "alice;day=tuesday", NULL, "atlanta.com", 0, "", "", 0},
        {"sip:sips%3Auser%40example.com@example.net", URI_SIP, "sips%3Auser%40example.com", NULL, "example.net", 0, "",
         "", 0},
        {"sip:a?b/c,d&e=f+g$h@x:5070", URI_SIP, "a?b/c,d&e=f+g$h", NULL, "x", 5070, "", "", 0},
        {"sip:a:@h", URI_SIP, "a", "", "h", 0, "", "", 0},
        {"sip:[2001:db8::10]:5070", URI_SIP, NULL, NULL, "[2001:db8::10]", 5070, "", "", 6},
        {"sip:[2001:db8::10:5070]", URI_SIP, NULL, NULL, "[2001:db8::10:5070]", 0, "", "", 6},
        {"sip:u@[::ffff:192.0.2.10]:1;lr", URI_SIP, "u", NULL, "[::ffff:192.0.2.10]", 1, ";lr", "", 4},
        {"sip:example.com.", URI_SIP, NULL, NULL, "example.com.", 0, "", "", 0},
        {"sip:1.2.3.a", URI_SIP, NULL, NULL, "1.2.3.a", 0, "", "", 0},
        {"sip:a-b.x-1:65535", URI_SIP, NULL, NULL, "a-b.x-1", 65535, "", "", 0},
        {"sip:h;a=[]/:&+$;%6C%72", URI_SIP, NULL, NULL, "h", 0, ";a=[]/:&+$;%6C%72", "", 0},
        {"sip:h?a=&b=[]/?:+$", URI_SIP, NULL, NULL, "h", 0, "", "?a=&b=[]/?:+$", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sip_uri uri;
        cr_assert_eq(uri_parse(&uri, slice_of(rows[i].text), 0), 0, "%s", rows[i].text);
        cr_expect_eq(uri.scheme, rows[i].scheme, "%s", rows[i].text);
        cr_expect(is(uri.user, rows[i].user), "%s user %.*s", rows[i].text, SLICE_ARG(uri.user));
        cr_expect(is(uri.password, rows[i].password), "%s", rows[i].text);
        cr_expect(is(uri.host, rows[i].host), "%s host %.*s", rows[i].text, SLICE_ARG(uri.host));
        cr_expect_eq(uri.port, rows[i].port, "%s", rows[i].text);
        cr_expect_eq(uri.port_given, rows[i].port != 0, "%s", rows[i].text);
        cr_expect(is(uri.params, rows[i].params), "%s params %.*s", rows[i].text, SLICE_ARG(uri.params));
        cr_expect(is(uri.headers, rows[i].headers), "%s headers %.*s", rows[i].text, SLICE_ARG(uri.headers));
        cr_expect_eq(uri.ip.family, rows[i].family, "%s", rows[i].text);
    }
}

Test(uri, what_is_wrong_is_pointed_at) {
    static const struct {
        const char *text;
        size_t place; /* of the first byte that cannot stand there, from 1 */
    } rows[] = {
        {"", 1},
        {"sip", 4},
        {":a", 1},
        {"1sip:a", 1},
        {"sip:", 5},
        {"sip:@h", 5},
        {"sip:a@", 7},
        {"sip:a@b@c", 8},
        {"sip:a b@c", 6},
        {"sip:a%4@c", 6},
        {"sip:a%g0@c", 6},
        {"sip:a#b@c", 6},
        {"sip:a:b;c@d", 8},
        {"sip:a@h/x", 8},
        {"sip:a@h:", 9},
        {"sip:a@h:0", 9},
        {"sip:a@h:65536", 9},
        {"sip:a@h:5060x", 13},
        {"sip:a@h;", 9},
        {"sip:a@h;;b", 9},
        {"sip:a@h;b=", 11},
        {"sip:a@h;b=c=d", 12},
        {"sip:a@h; lr", 9},
        {"sip:a@h?", 9},
        {"sip:a@h?b", 10},
        {"sip:a@h?b=c&", 13},
        {"sip:a@-h", 7},
        {"sip:a@h-", 8},
        {"sip:a@h..x", 9},
        {"sip:a@b_c", 8},
        {"sip:a@192.0.2.300", 15},
        {"sip:2001:db8::10", 5}, /* no toplabel starts with a digit */
        {"sip:u@[2001:db8:::192.0.2.1]", 7},
        {"sip:u@[192.0.2.1]", 7},
        {"sip:u@[::1", 7},
        {"sip:u@[::1]x", 12},
        {"<sip:a@b>", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sip_uri uri;
        size_t place = uri_parse(&uri, slice_of(rows[i].text), 0);
        cr_expect_eq(place, rows[i].place, "%s: %zu", rows[i].text, place);
    }
}

Test(uri, a_host_name_has_at_most_255_bytes) {
    char text[4 + 256 + 1] = "sip:";
    struct sip_uri uri;
    for (unsigned i = 0; i < 256; i++)
        text[4 + i] = i % 2 ? '.' : 'a';
    cr_expect_eq(uri_parse(&uri, (struct slice){text, 4 + 255}, 0), 0);
    cr_expect_eq(uri_parse(&uri, (struct slice){text, 4 + 256}, 0), 5);
}

Test(uri, a_plan_may_leave_the_host_out) {
    struct sip_uri uri;
    cr_assert_eq(uri_parse(&uri, SLICE("sip:100@"), URI_EMPTY_HOST), 0);
    cr_expect(is(uri.user, "100"));
    cr_expect(is(uri.host, ""));
    cr_assert_eq(uri_parse(&uri, SLICE("sip:100@;user=phone"), URI_EMPTY_HOST), 0);
    cr_expect(is(uri.params, ";user=phone"));
    cr_expect_eq(uri_parse(&uri, SLICE("sip:"), URI_EMPTY_HOST), 5);
    cr_expect_eq(uri_parse(&uri, SLICE("sip:100@:5060"), URI_EMPTY_HOST), 9);
}

Test(uri, a_tel_uri_has_a_number_and_parameters) {
    static const struct {
        const char *text, *number, *params;
    } good[] = {
        {"tel:+1-201-555-0123", "+1-201-555-0123", ""},
        {"tel:7042;phone-context=example.com", "7042", ";phone-context=example.com"},
        {"TEL:863-1234;phone-context=+1-914-555", "863-1234", ";phone-context=+1-914-555"},
        {"tel:112", "112", ""},
        {"tel:*21#", "*21#", ""},
    };
    static const char *const bad[] = {"tel:",    "tel:+",    "tel:()", "tel:+12a", "tel:bob@example.com",
                                      "tel:12;", "tel:1?a=b"};
    struct sip_uri uri;
    for (size_t i = 0; i < COUNT(good); i++) {
        cr_assert_eq(uri_parse(&uri, slice_of(good[i].text), 0), 0, "%s", good[i].text);
        cr_expect_eq(uri.scheme, URI_TEL);
        cr_expect(is(uri.user, good[i].number), "%s", good[i].text);
        cr_expect(is(uri.params, good[i].params), "%s", good[i].text);
        cr_expect(is(uri.host, ""));
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_neq(uri_parse(&uri, slice_of(bad[i]), 0), 0, "%s", bad[i]);
}

Test(uri, other_schemes_pass_when_they_keep_the_generic_grammar) {
    static const char *const good[] = {"nobodyKnowsThisScheme:totallyopaquecontent",
                                       "soap.beep://192.0.2.103:3002",
                                       "isbn:2983792873",
                                       "http://www.example.com/?a=b",
                                       "urn:service:sos",
                                       "a+b-c.d:x"};
    static const char *const bad[] = {"x:", "x:a b", "x:a#b", "x:%zz", "x y:a", "x:\"", "x:\xc3\xa4"};
    struct sip_uri uri;
    for (size_t i = 0; i < COUNT(good); i++) {
        cr_expect_eq(uri_parse(&uri, slice_of(good[i]), 0), 0, "%s", good[i]);
        cr_expect_eq(uri.scheme, URI_OTHER, "%s", good[i]);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_neq(uri_parse(&uri, slice_of(bad[i]), 0), 0, "%s", bad[i]);
}

Test(uri, host_and_port_are_read_without_a_scheme) {
    struct sip_uri uri;
    cr_assert_eq(uri_hostport(&uri, SLICE("gw1.example.com:5080")), 0);
    cr_expect(is(uri.host, "gw1.example.com"));
    cr_expect_eq(uri.port, 5080);
    cr_assert_eq(uri_hostport(&uri, SLICE("[2001:db8::1]")), 0);
    cr_expect_eq(uri.ip.family, 6);
    cr_expect_not(uri.port_given);
    static const char *const bad[] = {"", "a@b", "2001:db8::1", "host:", "host:x", "host;lr", "a b", "host/TCP"};
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_neq(uri_hostport(&uri, slice_of(bad[i])), 0, "%s", bad[i]);
}

/* RFC 3261 19.1.4 prints most of these pairs. */
Test(uri, equality_follows_rfc_3261_19_1_4) {
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"sip:a@h;x=1;x=2", "sip:a@h;x=1;x=2", true}, /* not allowed, but itself */
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp", true},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true},
        {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true},
        {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true},
        {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
         "sip:alice@atlanta.com?priority=urgent&subject=project%20x", true},
        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false},
        {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false},
        {"sip:a@h", "sips:a@h", false},
        {"sip:a@h", "sip:h", false},
        {"sip:a@h", "sip:a:@h", false},
        {"sip:a@h;maddr=192.0.2.1", "sip:a@h", false},
        {"sip:a@h;ttl=1", "sip:a@h", false},
        {"sip:a@h;user=phone", "sip:a@h", false},
        {"sip:a@h;method=INVITE", "sip:a@h", false},
        {"sip:a@h;%6Cr", "sip:a@h;lr", true},
        {"sip:a%40b@h", "sip:a%40b@h", true},
        {"sip:a;b@h", "sip:a%3Bb@h", false}, /* an escaped reserved character is not that character */
        {"sip:a@[2001:db8::1]", "sip:a@[2001:DB8:0:0::1]", true},
        {"sip:a@h?x=1", "sip:a@h?x=1&y=2", false},
        {"tel:+1-201-555-0123", "tel:+12015550123", true},
        {"tel:+12015550123", "tel:12015550123", false},
        {"tel:7042;phone-context=a.com", "tel:7042;phone-context=b.com", false},
        {"tel:7042;phone-context=a.com", "tel:7042", false},
        {"urn:x:a", "URN:x:a", true},
        {"urn:x:a", "urn:x:A", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sip_uri a, b;
        cr_assert_eq(uri_parse(&a, slice_of(rows[i].a), 0), 0, "%s", rows[i].a);
        cr_assert_eq(uri_parse(&b, slice_of(rows[i].b), 0), 0, "%s", rows[i].b);
        cr_expect_eq(uri_equal(&a, &b), rows[i].equal, "%s %s", rows[i].a, rows[i].b);
        cr_expect_eq(uri_equal(&b, &a), rows[i].equal, "%s %s", rows[i].b, rows[i].a);
    }
}
