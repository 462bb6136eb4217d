/* SPDX-License-Identifier: MIT */
#include "runtime/net/upgrade_request.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define KEY       "dGhlIHNhbXBsZSBub25jZQ=="
#define START     "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE   "Upgrade: websocket\r\n"
#define CONNECT   "Connection: Upgrade\r\n"
#define ACCEPT    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define SIP       "Sec-WebSocket-Protocol: sip\r\n"
#define END       "\r\n"
#define AGREED    START UPGRADE CONNECT ACCEPT SIP END
#define WITH(...) START UPGRADE CONNECT ACCEPT __VA_ARGS__ END

static struct endpoint at(const char *ip, uint16_t port, enum transport transport) {
    struct endpoint endpoint = {.port = port, .transport = (uint8_t)transport};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

Test(upgrade_request, it_asks_for_sip_at_the_host_by_its_name) {
    static const char longest[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const struct {
        struct endpoint remote;
        struct slice name;
        const char *host;
    } rows[] = {
        {at("192.0.2.1", 80, TRANSPORT_WS), SLICE("sip.example"), "sip.example"},
        {at("192.0.2.1", 8080, TRANSPORT_WS), SLICE("sip.example"), "sip.example:8080"},
        {at("192.0.2.1", 443, TRANSPORT_WS), SLICE("sip.example"), "sip.example:443"},
        {at("192.0.2.1", 443, TRANSPORT_WSS), SLICE("sip.example"), "sip.example"},
        {at("192.0.2.1", 80, TRANSPORT_WS), SLICE_NULL, "192.0.2.1"},
        {at("2001:db8::1", 80, TRANSPORT_WS), SLICE("[2001:db8::1]"), "[2001:db8::1]"},
        {at("2001:db8::1", 8080, TRANSPORT_WS), SLICE_NULL, "[2001:db8::1]:8080"},
        {at("192.0.2.1", 65535, TRANSPORT_WS), {longest, 254}, "192.0.2.1:65535"},
    };
    char buffer[UPGRADE_REQUEST_MAX], expected[UPGRADE_REQUEST_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice request = upgrade_request_write(KEY, &rows[i].remote, rows[i].name, buffer);
        snprintf(expected, sizeof expected,
                 "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " KEY
                 "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
                 rows[i].host);
        cr_assert(slice_equal(request, slice_of(expected)), "%.*s", SLICE_ARG(request));
    }
    struct endpoint remote = at("192.0.2.1", 65535, TRANSPORT_WS);
    struct slice request = upgrade_request_write(KEY, &remote, (struct slice){longest, 253}, buffer);
    cr_assert(request.len < UPGRADE_REQUEST_MAX &&
              slice_equal(slice_from(request, request.len - 4), SLICE("\r\n\r\n")));
}

/* What our own side of a server takes, and answers. */
Test(upgrade_request, it_agrees_with_the_server_of_this_house) {
    static const struct upgrade_policy all = {NULL, 0};
    const struct endpoint remote = at("192.0.2.1", 80, TRANSPORT_WS);
    char buffer[UPGRADE_REQUEST_MAX], room[UPGRADE_ANSWER_MAX];
    struct slice answer, fault;
    struct slice request = upgrade_request_write(KEY, &remote, SLICE_NULL, buffer);
    cr_assert_eq(upgrade_judge(request, &all, room, &answer), UPGRADE_ACCEPTED);
    cr_assert_eq(upgrade_request_judge(answer, KEY, &fault), UPGRADE_ACCEPTED);
    cr_assert_eq(upgrade_request_judge(answer, "AAAAAAAAAAAAAAAAAAAAAA==", &fault), UPGRADE_REFUSED);
}

Test(upgrade_request, names_and_lists_are_read_as_http_has_them) {
    struct slice fault;
    cr_assert_eq(upgrade_request_judge(SLICE("HTTP/1.1 101\r\nUPGRADE:WebSocket\r\nserver: x\r\n"
                                             "connection: keep-alive, upgrade\r\nsec-websocket-protocol:\tsip \r\n"
                                             "SEC-WEBSOCKET-ACCEPT: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                             "Sec-WebSocket-Extensions:\r\n\r\n"),
                                       KEY, &fault),
                 UPGRADE_ACCEPTED);
}

Test(upgrade_request, what_is_missing_or_wrong_is_no_agreement) {
    static const struct {
        const char *head, *fault;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\n" UPGRADE CONNECT ACCEPT SIP END, "HTTP/1.1 200 OK"},
        {"HTTP/1.1 301 Moved Permanently\r\nLocation: http://x/\r\n" END, "HTTP/1.1 301 Moved Permanently"},
        {"HTTP/1.1 401 Unauthorized\r\n" END, "HTTP/1.1 401 Unauthorized"},
        {"HTTP/1.1 426 Upgrade Required\r\n" UPGRADE END, "HTTP/1.1 426 Upgrade Required"},
        {"HTTP/1.1 503\r\n" END, "HTTP/1.1 503"},
        {"HTTP/1.1 1010 x\r\n" UPGRADE CONNECT ACCEPT SIP END, "HTTP/1.1 1010 x"},
        {"HTTP/1.0 101 Switching Protocols\r\n" UPGRADE CONNECT ACCEPT SIP END, "HTTP/1.0 101 Switching Protocols"},
        {START CONNECT ACCEPT SIP END, "it does not change to a WebSocket"},
        {START UPGRADE ACCEPT SIP END, "it does not change to a WebSocket"},
        {START UPGRADE "Connection: close\r\n" ACCEPT SIP END, "it does not change to a WebSocket"},
        {START UPGRADE UPGRADE CONNECT ACCEPT SIP END, "it does not change to a WebSocket"},
        {START "Upgrade: h2c, websocket\r\n" CONNECT ACCEPT SIP END, "it does not change to a WebSocket"},
        {START UPGRADE CONNECT SIP END, "its Sec-WebSocket-Accept is not for our key"},
        {START UPGRADE CONNECT ACCEPT ACCEPT SIP END, "its Sec-WebSocket-Accept is not for our key"},
        {START UPGRADE CONNECT SIP "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" END,
         "its Sec-WebSocket-Accept is not for our key"},
        {WITH(SIP "Sec-WebSocket-Extensions: permessage-deflate\r\n"), "it uses extensions that were not offered"},
        {WITH(""), "it does not speak the protocol sip"},
        {WITH("Sec-WebSocket-Protocol: SIP\r\n"), "it does not speak the protocol sip"},
        {WITH("Sec-WebSocket-Protocol: msrp\r\n"), "it does not speak the protocol sip"},
        {WITH("Sec-WebSocket-Protocol: sip, msrp\r\n"), "it does not speak the protocol sip"},
        {WITH(SIP SIP), "it does not speak the protocol sip"},
        {WITH(SIP "X : y\r\n"), "its answer is not HTTP"},
        {WITH(SIP " folded\r\n"), "its answer is not HTTP"},
        {"SIP/2.0 400 Bad Request\r\n" END, "its answer is not HTTP"},
        {"HTTP/1.1\r\n" UPGRADE END, "its answer is not HTTP"},
        {"\r\n", "its answer is not HTTP"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice fault = SLICE_NULL;
        cr_assert_eq(upgrade_request_judge(slice_of(rows[i].head), KEY, &fault), UPGRADE_REFUSED, "%s", rows[i].head);
        cr_assert(slice_equal(fault, slice_of(rows[i].fault)), "%.*s: %s", SLICE_ARG(fault), rows[i].head);
    }
}

/* RFC 9110 15.2. */
#define INTERIM "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

/* Byte by byte, with something behind the head that is not the handshake's. */
Test(upgrade_request, an_answer_may_come_in_pieces_behind_others_and_what_follows_is_left_alone) {
    static const char text[] = INTERIM INTERIM AGREED "frames";
    size_t head = sizeof text - sizeof "frames";
    for (size_t step = 1; step <= sizeof text; step++) {
        struct http_collector collector = {0};
        struct slice fault;
        enum upgrade_verdict verdict = UPGRADE_MORE;
        size_t taken = 0;
        while (verdict == UPGRADE_MORE && taken < sizeof text - 1) {
            struct slice input = slice_cut((struct slice){text, sizeof text - 1}, taken, taken + step);
            size_t before = input.len;
            verdict = upgrade_request_next(&collector, KEY, &input, &fault);
            taken += before - input.len;
        }
        cr_assert_eq(verdict, UPGRADE_ACCEPTED, "in steps of %zu", step);
        cr_assert_eq(taken, head);
        http_collector_free(&collector);
    }
}

Test(upgrade_request, a_head_without_end_is_refused_at_its_bound) {
    struct http_collector collector = {0};
    char text[1000];
    struct slice fault;
    enum upgrade_verdict verdict = UPGRADE_MORE;
    size_t taken = 0;
    memset(text, 'a', sizeof text);
    for (; verdict == UPGRADE_MORE && taken <= 2 * HTTP_HEAD_MAX; taken += sizeof text) {
        struct slice input = {text, sizeof text};
        verdict = upgrade_request_next(&collector, KEY, &input, &fault);
    }
    cr_assert_eq(verdict, UPGRADE_REFUSED);
    cr_assert(taken <= HTTP_HEAD_MAX + sizeof text);
    cr_assert(slice_equal(fault, SLICE("the head of its answer is too long")));
    http_collector_free(&collector);
}
