/* SPDX-License-Identifier: MIT */
#include "runtime/sip/reply.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define REST                                                                                                           \
    "From: \"A\" <sip:a@example.com>;tag=f1\r\n"                                                                       \
    "t: <sip:b@example.com>  \r\n"                                                                                     \
    "call-id : c1@a\r\n"                                                                                               \
    "CSeq: 7\tINVITE\r\n"                                                                                              \
    "Max-Forwards: 70\r\n"

static struct endpoint endpoint_at(const char *ip, uint16_t port) {
    struct endpoint endpoint = {.port = port, .transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)), "%s", ip);
    return endpoint;
}

static enum scan_verdict scan(struct sip_message *message, const char *text) {
    return scan_message(message, text, strlen(text)).verdict;
}

static struct sip_message request_with(const char *via) {
    static char texts[8][4096];
    static unsigned turn;
    char *text = texts[turn++ % 8];
    struct sip_message message;
    snprintf(text, 4096, "INVITE sip:b@example.com SIP/2.0\r\n%s%s\r\n", via, REST);
    cr_assert_eq(scan(&message, text), SCAN_OK, "%s", text);
    return message;
}

static void assert_reply(const struct sip_message *request, const struct endpoint *source, const struct reply *reply,
                         const char *expected) {
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    struct slice built = reply_build(&arena, request, source, reply);
    cr_assert(slice_equal(built, slice_of(expected)), "built:\n%.*s\nexpected:\n%s", SLICE_ARG(built), expected);
    arena_free(&arena);
}

Test(reply, the_five_headers_come_back_as_they_came_with_a_to_tag) {
    struct sip_message request = request_with("Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKx\r\n"
                                              "v:SIP / 2.0 / TCP  far.example ;branch=z9hG4bKy,\r\n"
                                              " SIP/2.0/UDP further.example\r\n");
    struct endpoint source = endpoint_at("192.0.2.1", 5070);
    struct reply reply = {.code = 404, .to_tag = SLICE("t1"), .headers = SLICE("Server: x\r\n")};
    assert_reply(&request, &source, &reply,
                 "SIP/2.0 404 Not Found\r\n"
                 "Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKx\r\n"
                 "v:SIP / 2.0 / TCP  far.example ;branch=z9hG4bKy,\r\n"
                 " SIP/2.0/UDP further.example\r\n"
                 "From: \"A\" <sip:a@example.com>;tag=f1\r\n"
                 "t: <sip:b@example.com>;tag=t1\r\n"
                 "call-id : c1@a\r\n"
                 "CSeq: 7\tINVITE\r\n"
                 "Server: x\r\n"
                 "Content-Length: 0\r\n\r\n");
}

Test(reply, a_tag_that_is_there_stays_and_a_100_adds_none) {
    struct sip_message request;
    const char *text =
        "BYE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
        "From: sip:a@example.com;tag=f1\r\nTo: sip:b@example.com;tag=old\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n"
        "Max-Forwards: 70\r\n\r\n";
    cr_assert_eq(scan(&request, text), SCAN_OK);
    struct endpoint source = endpoint_at("192.0.2.1", 5060);
    struct reply reply = {.code = 481, .to_tag = SLICE("new")};
    assert_reply(&request, &source, &reply,
                 "SIP/2.0 481 Call/Transaction Does Not Exist\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
                 "From: sip:a@example.com;tag=f1\r\nTo: sip:b@example.com;tag=old\r\nCall-ID: c\r\nCSeq: 1 BYE\r\n"
                 "Content-Length: 0\r\n\r\n");
    struct sip_message invite = request_with("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n");
    assert_reply(&invite, &source, &(struct reply){.code = 100},
                 "SIP/2.0 100 Trying\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
                 "From: \"A\" <sip:a@example.com>;tag=f1\r\nt: <sip:b@example.com>\r\ncall-id : c1@a\r\n"
                 "CSeq: 7\tINVITE\r\nContent-Length: 0\r\n\r\n");
}

/* RFC 3261 8.2.6.1: in a 100 alone, with the delay when there was one. */
Test(reply, a_100_returns_the_timestamp) {
    static const struct {
        const char *sent;
        unsigned code;
        uint32_t delay;
        const char *expected;
    } cases[] = {
        {"Timestamp: 54.25\r\n", 100, 0, "Timestamp: 54.25\r\n"},
        {"TIMESTAMP:54\r\n", 100, 0, "TIMESTAMP:54\r\n"},
        {"Timestamp: 54.25\r\n", 100, 3500, "Timestamp: 54.25 3.500\r\n"},
        {"Timestamp: 54 0.5\r\n", 100, 20, "Timestamp: 54 0.020\r\n"},
        {"Timestamp: 54.25\r\n", 180, 3500, ""},
        {"", 100, 3500, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[1024], expected[1024];
        struct sip_message request;
        snprintf(text, sizeof text,
                 "INVITE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n" REST "%s\r\n",
                 cases[i].sent);
        cr_assert_eq(scan(&request, text), SCAN_OK);
        snprintf(expected, sizeof expected,
                 "SIP/2.0 %u %s\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n"
                 "From: \"A\" <sip:a@example.com>;tag=f1\r\nt: <sip:b@example.com>\r\ncall-id : c1@a\r\n"
                 "CSeq: 7\tINVITE\r\n%sContent-Length: 0\r\n\r\n",
                 cases[i].code, cases[i].code == 100 ? "Trying" : "Ringing", cases[i].expected);
        struct endpoint source = endpoint_at("192.0.2.1", 5060);
        struct reply reply = {.code = cases[i].code, .delay = cases[i].delay};
        assert_reply(&request, &source, &reply, expected);
    }
}

Test(reply, a_code_without_a_phrase_has_that_of_its_class) {
    static const struct {
        unsigned code;
        const char *given, *phrase;
    } cases[] = {
        {200, NULL, "OK"},
        {486, "Engaged", "Engaged"},
        {500, "", ""},
        {198, NULL, "Provisional"},
        {299, NULL, "Successful"},
        {399, NULL, "Redirection"},
        {499, NULL, "Request Failure"},
        {599, NULL, "Server Failure"},
        {686, NULL, "Global Failure"},
    };
    struct sip_message request = request_with("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n");
    struct endpoint source = endpoint_at("192.0.2.1", 5060);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena arena;
        arena_init(&arena, NULL, 0, 0);
        char line[80];
        snprintf(line, sizeof line, "SIP/2.0 %u %s\r\n", cases[i].code, cases[i].phrase);
        struct reply reply = {.code = cases[i].code, .reason = slice_of(cases[i].given)};
        struct slice built = reply_build(&arena, &request, &source, &reply);
        cr_assert(slice_starts(built, slice_of(line)), "%.*s", SLICE_ARG(built));
        arena_free(&arena);
    }
}

/* RFC 3261 18.2.1, RFC 3581 4. Source: 192.0.2.9:4711 or [2001:db8::9]:4711. NULL: nothing to change. */
static const struct {
    bool ip6;
    const char *via, *changed;
    uint16_t port; /* that the response goes to: 18.2.2, RFC 3581 4 */
} vias[] = {
    {false, "SIP/2.0/UDP 192.0.2.9:5070;branch=z9hG4bKx", NULL, 5070},
    {false, "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx", NULL, 5060},
    {false, "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx", "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx;received=192.0.2.9",
     5070},
    {false, "SIP/2.0/UDP host.example;branch=z9hG4bKx", "SIP/2.0/UDP host.example;branch=z9hG4bKx;received=192.0.2.9",
     5060},
    {false, "SIP/2.0/UDP 192.0.2.9:5070;rport;branch=z9hG4bKx",
     "SIP/2.0/UDP 192.0.2.9:5070;rport=4711;branch=z9hG4bKx;received=192.0.2.9", 4711},
    {false, "SIP/2.0/UDP 10.0.0.1 ; RPORT ; branch=z9hG4bKx", /* blanks before a parameter that goes stay */
     "SIP/2.0/UDP 10.0.0.1 ;rport=4711; branch=z9hG4bKx;received=192.0.2.9", 4711},
    {false, "SIP/2.0/UDP 10.0.0.1;rport=1;received=198.51.100.1;branch=z9hG4bKx", /* what the sender says is not true */
     "SIP/2.0/UDP 10.0.0.1;rport=4711;branch=z9hG4bKx;received=192.0.2.9", 4711},
    {false, "SIP/2.0/UDP 192.0.2.9;received=198.51.100.1;branch=z9hG4bKx",
     "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx;received=192.0.2.9", 5060},
    {false, "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx;x=\";rport;received=1\\\";rport\"", NULL, 5060},
    {false, "SIP/2.0/UDP 10.0.0.1;x=\";rport\\\";received=\";branch=z9hG4bKx",
     "SIP/2.0/UDP 10.0.0.1;x=\";rport\\\";received=\";branch=z9hG4bKx;received=192.0.2.9", 5060},
    {false, "SIP/2.0/UDP 192.0.2.9:5070;maddr=198.51.100.1;branch=z9hG4bKx", NULL, 5070},
    {true, "SIP/2.0/UDP [2001:db8::9]:5070;branch=z9hG4bKx", NULL, 5070},
    {true, "SIP/2.0/UDP [2001:DB8:0:0::9];branch=z9hG4bKx", NULL, 5060},
    {true, "SIP/2.0/UDP [2001:db8::1]:5070;rport;branch=z9hG4bKx",
     "SIP/2.0/UDP [2001:db8::1]:5070;rport=4711;branch=z9hG4bKx;received=2001:db8::9", 4711},
};

Test(reply, the_top_via_says_where_the_request_came_from) {
    for (size_t i = 0; i < sizeof vias / sizeof vias[0]; i++) {
        char lines[512];
        snprintf(lines, sizeof lines, "Via: %s , SIP/2.0/UDP 10.9.9.9;rport\r\n", vias[i].via);
        struct sip_message request = request_with(lines);
        struct endpoint source = endpoint_at(vias[i].ip6 ? "2001:db8::9" : "192.0.2.9", 4711);
        struct arena arena;
        arena_init(&arena, NULL, 0, 0);
        int error = 1;
        struct slice via = reply_via(&arena, &request, &source, &error);
        cr_assert_eq(error, 0);
        cr_assert_eq(via.at == NULL, vias[i].changed == NULL, "%s", vias[i].via);
        cr_assert(!via.at || slice_equal(via, slice_of(vias[i].changed)), "%.*s", SLICE_ARG(via));

        struct slice built = reply_build(&arena, &request, &source, &(struct reply){.code = 486});
        snprintf(lines, sizeof lines, "SIP/2.0 486 Busy Here\r\nVia: %s , SIP/2.0/UDP 10.9.9.9;rport\r\nFrom",
                 vias[i].changed ? vias[i].changed : vias[i].via);
        cr_assert(slice_starts(built, slice_of(lines)), "%.*s", SLICE_ARG(built));

        struct endpoint destination = reply_flow(&request, &(const struct sip_flow){.remote = source}).remote;
        cr_assert(ip_equal(&destination.ip, &source.ip));
        cr_assert_eq(destination.port, vias[i].port, "%s: %u", vias[i].via, destination.port);
        arena_free(&arena);
    }
}

Test(reply, over_a_stream_the_response_goes_back_on_it_or_to_the_sent_by_port) {
    struct sip_message request = request_with("Via: SIP/2.0/TCP 10.0.0.1:5070;branch=z9hG4bKx\r\n");
    struct endpoint source = endpoint_at("192.0.2.9", 4711);
    source.transport = TRANSPORT_TCP;
    struct sip_flow flow = reply_flow(&request, &(const struct sip_flow){.remote = source, .connection = 7});
    cr_assert_eq(flow.connection, 7);
    cr_assert(ip_equal(&flow.remote.ip, &source.ip));
    cr_assert_eq(flow.remote.port, 5070);
}

/* RFC 7118 5.2.4: a browser is reached by the connection that it has opened alone, and says so by its sent-by. */
Test(reply, over_a_websocket_nobody_connects_to_a_browser) {
    static const struct {
        const char *via, *name;
    } rows[] = {
        {"Via: SIP/2.0/WS sip.example;branch=z9hG4bKx\r\n", "sip.example"},
        {"Via: SIP/2.0/WSS 10.0.0.1;branch=z9hG4bKx\r\n", "10.0.0.1"},
        {"Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKx\r\n", NULL},
        {"Via: SIP/2.0/WS df7jal23ls0d.INVALID.;branch=z9hG4bKx\r\n", NULL},
        {"Via: SIP/2.0/WS notinvalid;branch=z9hG4bKx\r\n", "notinvalid"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_message request = request_with(rows[i].via);
        struct endpoint source = endpoint_at("192.0.2.9", 4711);
        source.transport = i % 2 ? TRANSPORT_WSS : TRANSPORT_WS;
        struct sip_flow flow = reply_flow(&request, &(const struct sip_flow){.remote = source, .connection = 7});
        cr_assert_eq(flow.connection, 7);
        cr_assert_eq(flow.remote.port, i % 2 ? 443 : 80);
        cr_assert(rows[i].name ? slice_equal(flow.name, slice_of(rows[i].name)) : !flow.name.at, "%s", rows[i].via);
    }
}

/* What the fence refused is answered when the five headers were found, and never otherwise. */
Test(reply, a_refused_message_is_answered_with_what_was_found) {
    static const struct {
        const char *text;
        const char *expected; /* behind the top Via; NULL: no answer */
    } cases[] = {
        {"INVITE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\nFrom: <sip:a@e>;tag=f\r\n"
         "To: <sip:b@e>\r\nCall-ID: c\r\nCSeq: 99999999999 INVITE\r\nMax-Forwards: 70\r\n\r\n",
         "From: <sip:a@e>;tag=f\r\nTo: <sip:b@e>;tag=t\r\nCall-ID: c\r\nCSeq: 99999999999 INVITE\r\n"
         "Content-Length: 0\r\n\r\n"},
        {"INVITE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\nFrom: <sip:a@e>;tag=f\r\n"
         "To: <sip:b@e>\r\nTo: <sip:d@e>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\r\n",
         "From: <sip:a@e>;tag=f\r\nTo: <sip:b@e>;tag=t\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"},
        {"BYE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\nCSeq: 1 INVITE\r\n" /* not BYE */
         "From: <sip:a@e>;tag=f\r\nTo: <sip:b@e>;tag=old\r\nCall-ID: c\r\nMax-Forwards: 70\r\n\r\n",
         "From: <sip:a@e>;tag=f\r\nTo: <sip:b@e>;tag=old\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: "
         "0\r\n\r\n"},
        {"INVITE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\nFrom: <sip:a@e>;tag=f\r\n"
         "Call-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\r\n",
         NULL},
        {"INVITE sip:b@e SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\nFrom:\r\nTo: <sip:b@e>\r\n"
         "Call-ID: c\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n\r\n",
         NULL},
        {"INVITE sip:b@e SIP/2.0\r\nFrom: <sip:a@e>;tag=f\r\nTo: <sip:b@e>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n",
         NULL},
    };
    struct endpoint source = endpoint_at("192.0.2.9", 5060);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sip_message request;
        cr_assert_neq(scan(&request, cases[i].text), SCAN_OK, "case %zu", i);
        char expected[1024] = "SIP/2.0 400 Bad Request\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\n";
        strcat(expected, cases[i].expected ? cases[i].expected : "");
        struct reply reply = {.code = 400, .to_tag = SLICE("t")};
        if (cases[i].expected)
            assert_reply(&request, &source, &reply, expected);
        else
            assert_reply(&request, &source, &reply, "");
    }
}

Test(reply, a_line_break_that_is_no_folding_is_never_sent_on) {
    struct sip_message request = request_with("Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx\r\n");
    struct endpoint source = endpoint_at("192.0.2.9", 5060);
    char *from = strstr((char *)(uintptr_t)request.bytes.at, "\"A\" <");
    static const struct {
        const char *bytes;
        bool answered;
    } cases[] = {{"\r\n <", true}, {"\r\n\t ", true}, {"\r\nX:", false},
                 {"x\rx<", false}, {"x\nx<", false},  {"\n  <", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(from + 1, cases[i].bytes, 4);
        struct arena arena;
        arena_init(&arena, NULL, 0, 0);
        cr_assert_eq(reply_build(&arena, &request, &source, &(struct reply){.code = 400}).at != NULL, cases[i].answered,
                     "case %zu", i);
        arena_free(&arena);
    }
}

Test(reply, without_memory_there_is_none) {
    struct sip_message request = request_with("Via: SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKx\r\n");
    struct endpoint source = endpoint_at("192.0.2.9", 5060);
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    allocations_left = 0;
    int error = 0;
    struct slice via = reply_via(&arena, &request, &source, &error);
    struct slice built = reply_build(&arena, &request, &source, &(struct reply){.code = 486});
    allocations_left = LONG_MAX;
    cr_assert_null(via.at);
    cr_assert_eq(error, -ENOMEM);
    cr_assert_null(built.at);
}
