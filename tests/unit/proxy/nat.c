/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/nat.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct endpoint place(const char *ip, uint16_t port) {
    struct endpoint endpoint = {.port = port, .transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

/* An INVITE with this Via and these lines; NULL: cannot be read. */
static const char *invite(struct sip_message *message, const char *via, const char *lines) {
    static char bytes[2048];
    int length =
        snprintf(bytes, sizeof bytes,
                 "INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP %s\r\nFrom: <sip:a@example.com>;tag=1\r\n"
                 "To: <sip:b@example.com>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n%s\r\n",
                 via, lines);
    struct scan_result result = scan_message(message, bytes, (size_t)length);
    cr_assert_eq(result.verdict, SCAN_OK, "%s: %s", lines, result.reason);
    return bytes;
}

/* RFC 3261 18.2.1, RFC 3581 4 */
Test(nat, who_comes_straight_from_another_place_than_the_via_says_is_suspected) {
    static const struct {
        const char *via, *lines;
        bool suspected;
    } rows[] = {
        {"192.0.2.1:5060;branch=z9hG4bK1;rport", "", false},
        {"192.0.2.1;branch=z9hG4bK1;rport", "", false},
        {"10.0.0.7:5060;branch=z9hG4bK1;rport", "", true},
        {"10.0.0.7;branch=z9hG4bK1", "", true},
        {"192.0.2.1:5070;branch=z9hG4bK1;rport", "", true},
        {"192.0.2.1:5070;branch=z9hG4bK1", "", false},
        {"[2001:db8::1];branch=z9hG4bK1;rport", "", true},
        {"pc.example.com;branch=z9hG4bK1;rport", "", false},
        {"10.0.0.7;branch=z9hG4bK1", "Via: SIP/2.0/UDP 10.0.0.8;branch=z9hG4bK2\r\n", false},
        {"10.0.0.7;branch=z9hG4bK1", "Record-Route: <sip:10.0.0.8;lr>\r\n", false},
    };
    const struct endpoint source = place("192.0.2.1", 5060);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_message message;
        invite(&message, rows[i].via, rows[i].lines);
        cr_expect_eq(nat_suspected(&message, &source), rows[i].suspected, "%s %s", rows[i].via, rows[i].lines);
    }
}

/* Over a stream the port says nothing: it always is another one. */
Test(nat, an_address_hides_who_is_behind_it_a_port_does_not) {
    const struct endpoint source = place("192.0.2.1", 5060);
    struct sip_message message;
    invite(&message, "10.0.0.7:5060;branch=z9hG4bK1;rport", "");
    cr_expect(nat_hides(&message, &source));
    invite(&message, "192.0.2.1:5070;branch=z9hG4bK1;rport", "");
    cr_expect_not(nat_hides(&message, &source));
    invite(&message, "10.0.0.7;branch=z9hG4bK1", "Via: SIP/2.0/UDP 10.0.0.8;branch=z9hG4bK2\r\n");
    cr_expect_not(nat_hides(&message, &source));
}

static void marks(const char *contact, const char *expected) {
    struct sip_message message;
    struct edit edit;
    struct arena arena;
    char lines[256], out[2048];
    arena_init(&arena, NULL, 0, 0);
    snprintf(lines, sizeof lines, "Contact: %s\r\n", contact);
    invite(&message, "192.0.2.1;branch=z9hG4bK1", lines);
    edit_begin(&edit, &message);
    cr_assert_eq(nat_mark(&edit, &arena, SLICE("T-_k")), 0);
    long length = edit_apply(&edit, out, sizeof out);
    cr_assert_gt(length, 0);
    const char *line = strstr(out, "\r\nContact: ") + 2;
    cr_expect_eq(strncmp(line + 9, expected, strlen(expected)), 0, "%s: %.*s", contact, (int)strcspn(line, "\r"), line);
    cr_expect_eq(line[9 + strlen(expected)], '\r', "%s: %.*s", contact, (int)strcspn(line, "\r"), line);
    arena_free(&arena);
}

Test(nat, the_mark_is_a_parameter_of_the_uri_and_all_else_stays) {
    marks("<sip:b@10.0.0.7>", "<sip:b@10.0.0.7;fov-flow=T-_k>");
    marks("\"B, C\"  <sip:b@10.0.0.7:5062;ob>;q=0.5", "\"B, C\"  <sip:b@10.0.0.7:5062;ob;fov-flow=T-_k>;q=0.5");
    marks("<sip:b@10.0.0.7;fov-flow=AAAA;x=y?Subject=z>", "<sip:b@10.0.0.7;x=y;fov-flow=T-_k?Subject=z>");
    marks("sip:b@10.0.0.7;q=1", "<sip:b@10.0.0.7;fov-flow=T-_k>;q=1");
    marks("<sip:b@[fd00::7]>", "<sip:b@[fd00::7];fov-flow=T-_k>");
    marks("<sip:b@10.0.0.7>, <sip:c@10.0.0.7>", "<sip:b@10.0.0.7>, <sip:c@10.0.0.7>");
    marks("<tel:+1>", "<tel:+1>");
    marks("*", "*");
}

Test(nat, a_request_uri_has_it_and_loses_it) {
    static const struct {
        const char *uri, *token, *without;
    } rows[] = {
        {"sip:b@10.0.0.7;fov-flow=T-_k", "T-_k", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;a;fov-flow=T-_k;b=c?d=e", "T-_k", "sip:b@10.0.0.7;a;b=c?d=e"},
        {"sip:b@10.0.0.7", NULL, "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-flow", NULL, "sip:b@10.0.0.7;fov-flow"},
        {"sip:b@10.0.0.7;fov-flower=1;fov-flow=T", "T", "sip:b@10.0.0.7;fov-flower=1"},
        {"sip:fov-flow=T@10.0.0.7", NULL, "sip:fov-flow=T@10.0.0.7"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_uri uri;
        struct arena arena;
        arena_init(&arena, NULL, 0, 0);
        cr_assert_eq(uri_parse(&uri, slice_of(rows[i].uri), 0), 0, "%s", rows[i].uri);
        struct slice token = nat_token(&uri), without = nat_without(&arena, &uri);
        cr_expect_eq(token.at != NULL, rows[i].token != NULL, "%s", rows[i].uri);
        cr_expect(!token.at || slice_equal(token, slice_of(rows[i].token)), "%s: %.*s", rows[i].uri, SLICE_ARG(token));
        cr_expect(slice_equal(without, slice_of(rows[i].without)), "%s: %.*s", rows[i].uri, SLICE_ARG(without));
        arena_free(&arena);
    }
}
