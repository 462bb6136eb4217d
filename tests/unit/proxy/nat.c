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

static void marks(const char *contact, const struct endpoint *at, const char *expected) {
    struct sip_message message;
    struct edit edit;
    struct arena arena;
    char lines[256], out[2048];
    arena_init(&arena, NULL, 0, 0);
    snprintf(lines, sizeof lines, "Contact: %s\r\n", contact);
    invite(&message, "192.0.2.1;branch=z9hG4bK1", lines);
    edit_begin(&edit, &message);
    cr_assert_eq(nat_mark(&edit, &arena, at), 0);
    long length = edit_apply(&edit, out, sizeof out);
    cr_assert_gt(length, 0);
    const char *line = strstr(out, "\r\nContact: ") + 2;
    cr_expect_eq(strncmp(line + 9, expected, strlen(expected)), 0, "%s: %.*s", contact, (int)strcspn(line, "\r"), line);
    cr_expect_eq(line[9 + strlen(expected)], '\r', "%s: %.*s", contact, (int)strcspn(line, "\r"), line);
    arena_free(&arena);
}

Test(nat, the_mark_is_a_parameter_of_the_uri_and_all_else_stays) {
    const struct endpoint four = place("203.0.113.9", 40000), six = place("2001:db8::9", 5060);
    static const struct {
        const char *contact, *marked, *unmarked;
    } rows[] = {
        {"<sip:b@10.0.0.7>", "<sip:b@10.0.0.7;fov-nat=203.0.113.9~40000>", "<sip:b@10.0.0.7>"},
        {"\"B, C\"  <sip:b@10.0.0.7:5062;ob>;q=0.5",
         "\"B, C\"  <sip:b@10.0.0.7:5062;ob;fov-nat=203.0.113.9~40000>;q=0.5",
         "\"B, C\"  <sip:b@10.0.0.7:5062;ob>;q=0.5"},
        {"<sip:b@10.0.0.7;fov-nat=127.0.0.1~1;x=y?Subject=z>",
         "<sip:b@10.0.0.7;x=y;fov-nat=203.0.113.9~40000?Subject=z>", "<sip:b@10.0.0.7;x=y?Subject=z>"},
        {"sip:b@10.0.0.7;q=1", "<sip:b@10.0.0.7;fov-nat=203.0.113.9~40000>;q=1", "<sip:b@10.0.0.7>;q=1"},
        {"<sip:b@10.0.0.7>, <sip:c@10.0.0.7>", "<sip:b@10.0.0.7>, <sip:c@10.0.0.7>",
         "<sip:b@10.0.0.7>, <sip:c@10.0.0.7>"},
        {"<tel:+1>", "<tel:+1>", "<tel:+1>"},
        {"*", "*", "*"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        marks(rows[i].contact, &four, rows[i].marked);
        marks(rows[i].contact, NULL, rows[i].unmarked);
    }
    marks("<sip:b@[fd00::7]>", &six, "<sip:b@[fd00::7];fov-nat=[2001:db8::9]~5060>");
}

Test(nat, a_request_uri_names_a_place_that_can_be_a_peers) {
    static const struct {
        const char *uri, *place, *without;
    } rows[] = {
        {"sip:b@10.0.0.7;fov-nat=203.0.113.9~40000", "203.0.113.9:40000", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;a;fov-nat=[2001:db8::9]~5060;b=c", "[2001:db8::9]:5060", "sip:b@10.0.0.7;a;b=c"},
        {"sip:b@10.0.0.7;fov-nat=127.0.0.1~5060", "127.0.0.1:5060", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat", "", "sip:b@10.0.0.7;fov-nat"},
        {"sip:b@10.0.0.7;fov-nat=", "", NULL},
        {"sip:b@10.0.0.7;fov-nat=203.0.113.9", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=203.0.113.9~", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=203.0.113.9~0", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=203.0.113.9~65536", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=203.0.113.9~5060x", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=example.com~5060", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=224.0.0.1~5060", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=255.255.255.255~5060", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-nat=0.0.0.0~5060", "", "sip:b@10.0.0.7"},
        {"sip:b@10.0.0.7;fov-native=1;fov-nat=203.0.113.9~1", "203.0.113.9:1", "sip:b@10.0.0.7;fov-native=1"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_uri uri;
        struct endpoint found;
        struct arena arena;
        char text[ENDPOINT_TEXT];
        arena_init(&arena, NULL, 0, 0);
        if (uri_parse(&uri, slice_of(rows[i].uri), 0)) {
            cr_expect_null(rows[i].without, "%s", rows[i].uri);
            continue;
        }
        bool good = nat_place(&uri, &found);
        cr_expect_str_eq(good ? endpoint_text(&found, text) : "", rows[i].place, "%s", rows[i].uri);
        struct slice without = nat_without(&arena, &uri);
        cr_expect(slice_equal(without, slice_of(rows[i].without)), "%s: %.*s", rows[i].uri, SLICE_ARG(without));
        arena_free(&arena);
    }
}
