/* SPDX-License-Identifier: MIT */
#include "runtime/net/upgrade.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define START   "GET /sip HTTP/1.1\r\n"
#define HOST    "Host: fov.example\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECT "Connection: Upgrade\r\n"
#define KEY     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define SIP     "Sec-WebSocket-Protocol: sip\r\n"
#define ORIGIN  "Origin: https://phone.example\r\n"
#define END     "\r\n"

static const struct upgrade_policy all = {NULL, 0};

/* The code of the answer; 101 when it is accepted. */
static unsigned judge(const char *head, const struct upgrade_policy *policy, char answer[UPGRADE_ANSWER_MAX + 1]) {
    char buffer[UPGRADE_ANSWER_MAX];
    struct slice text;
    unsigned code = 0;
    enum upgrade_verdict verdict = upgrade_judge(slice_of(head), policy, buffer, &text);
    cr_assert(text.len < UPGRADE_ANSWER_MAX);
    snprintf(answer, UPGRADE_ANSWER_MAX + 1, "%.*s", SLICE_ARG(text));
    cr_assert_eq(sscanf(answer, "HTTP/1.1 %3u ", &code), 1, "%s", answer);
    cr_assert_eq(verdict, code == 101 ? UPGRADE_ACCEPTED : UPGRADE_REFUSED);
    cr_assert(strcmp(answer + strlen(answer) - 4, "\r\n\r\n") == 0);
    return code;
}

static unsigned code_of(const char *head) {
    char answer[UPGRADE_ANSWER_MAX + 1];
    return judge(head, &all, answer);
}

Test(upgrade, the_key_of_the_rfc_gets_the_answer_of_the_rfc) {
    char answer[UPGRADE_ANSWER_MAX + 1];
    cr_assert_eq(judge(START HOST UPGRADE CONNECT KEY VERSION SIP END, &all, answer), 101);
    cr_assert(strstr(answer, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "%s", answer);
    cr_assert(strstr(answer, "\r\nSec-WebSocket-Protocol: sip\r\n"));
}

Test(upgrade, names_and_lists_are_read_as_http_has_them) {
    cr_assert_eq(code_of("GET / HTTP/1.1\r\nHOST:x\r\nupgrade: h2c, WebSocket\r\nConnection: keep-alive\r\n"
                         "connection:  upgrade \r\nSEC-WEBSOCKET-KEY: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                         "Sec-WebSocket-Protocol: msrp\r\nSec-WebSocket-Protocol: xmpp , sip\r\n" VERSION END),
                 101);
}

Test(upgrade, what_is_missing_or_wrong_is_refused) {
    static const struct {
        const char *head;
        unsigned code;
    } rows[] = {
        {START HOST CONNECT KEY VERSION SIP END, 426},
        {START HOST UPGRADE KEY VERSION SIP END, 426},
        {START HOST UPGRADE CONNECT KEY SIP END, 426},
        {START HOST UPGRADE CONNECT KEY SIP "Sec-WebSocket-Version: 8\r\n" END, 426},
        {START HOST UPGRADE CONNECT KEY SIP VERSION VERSION END, 426},
        {START UPGRADE CONNECT KEY VERSION SIP END, 400},
        {START HOST HOST UPGRADE CONNECT KEY VERSION SIP END, 400},
        {START HOST UPGRADE CONNECT VERSION SIP END, 400},
        {START HOST UPGRADE CONNECT KEY KEY VERSION SIP END, 400},
        {START HOST UPGRADE CONNECT VERSION SIP "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n" END, 400},
        {START HOST UPGRADE CONNECT VERSION SIP "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n" END, 400},
        {START HOST UPGRADE CONNECT VERSION SIP "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub-5jZQ==\r\n" END, 400},
        {START HOST UPGRADE CONNECT KEY VERSION END, 400},
        {START HOST UPGRADE CONNECT KEY VERSION "Sec-WebSocket-Protocol: SIP\r\n" END, 400},
        {START HOST UPGRADE CONNECT KEY VERSION "Sec-WebSocket-Protocol: sips\r\n" END, 400},
        {START HOST UPGRADE CONNECT KEY VERSION SIP "Content-Length: 5\r\n" END, 400},
        {START HOST UPGRADE CONNECT KEY VERSION SIP "Transfer-Encoding: chunked\r\n" END, 400},
        {"POST / HTTP/1.1\r\n" HOST UPGRADE CONNECT KEY VERSION SIP END, 405},
        {"GET / HTTP/1.0\r\n" HOST UPGRADE CONNECT KEY VERSION SIP END, 505},
        {"GET / HTTP/1.1 \r\n" HOST END, 400},
        {"GET  HTTP/1.1\r\n" HOST END, 400},
        {"GET /\r\n" HOST END, 400},
        {"\r\n", 400},
        {"INVITE sip:a SIP/2.0\r\n" HOST END, 400},
        {START HOST "Up grade: websocket\r\n" CONNECT KEY VERSION SIP END, 400},
        {START HOST "Upgrade : websocket\r\n" CONNECT KEY VERSION SIP END, 400},
        {START HOST UPGRADE " folded\r\n" CONNECT KEY VERSION SIP END, 400},
        {START HOST "X: a\x01\r\n" UPGRADE CONNECT KEY VERSION SIP END, 400},
        {START HOST "X: a\n" UPGRADE CONNECT KEY VERSION SIP END, 400},
        {START HOST ": a\r\n" UPGRADE CONNECT KEY VERSION SIP END, 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_eq(code_of(rows[i].head), rows[i].code, "%u: %s", code_of(rows[i].head), rows[i].head);
}

Test(upgrade, a_page_from_elsewhere_is_refused) {
    static const struct slice origins[] = {SLICE("https://phone.example"), SLICE("https://phone.example:8443")};
    const struct upgrade_policy policy = {origins, 2};
    char answer[UPGRADE_ANSWER_MAX + 1];
#define WITH(line) START HOST UPGRADE CONNECT KEY VERSION SIP line END
    cr_assert_eq(judge(WITH(ORIGIN), &policy, answer), 101);
    cr_assert_eq(judge(WITH("Origin: https://phone.example:8443\r\n"), &policy, answer), 101);
    cr_assert_eq(judge(WITH("Origin: https://phone.example.evil.example\r\n"), &policy, answer), 403);
    cr_assert_eq(judge(WITH("Origin: http://phone.example\r\n"), &policy, answer), 403);
    cr_assert_eq(judge(WITH("Origin: null\r\n"), &policy, answer), 403);
    cr_assert_eq(judge(WITH(ORIGIN "Origin: https://evil.example\r\n"), &policy, answer), 403);
    cr_assert_eq(judge(WITH("Origin: https://evil.example\r\n" ORIGIN), &policy, answer), 403);
    cr_assert_eq(judge(WITH(""), &policy, answer), 101);
    cr_assert_eq(judge(WITH("Origin: https://evil.example\r\n"), &all, answer), 101);
}

/* Byte by byte, with something behind the head that is not the handshake's. */
Test(upgrade, a_head_may_come_in_pieces_and_what_follows_is_left_alone) {
    static const char text[] = START HOST UPGRADE CONNECT KEY VERSION SIP END "frames";
    size_t head = sizeof text - sizeof "frames";
    for (size_t step = 1; step <= sizeof text; step++) {
        struct http_collector collector = {0};
        char buffer[UPGRADE_ANSWER_MAX];
        struct slice answer;
        enum upgrade_verdict verdict = UPGRADE_MORE;
        size_t at = 0;
        while (verdict == UPGRADE_MORE && at < sizeof text - 1) {
            struct slice input =
                slice_cut(SLICE(START HOST UPGRADE CONNECT KEY VERSION SIP END "frames"), at, at + step);
            size_t before = input.len;
            verdict = upgrade_next(&collector, &all, &input, buffer, &answer);
            at += before - input.len;
        }
        cr_assert_eq(verdict, UPGRADE_ACCEPTED);
        cr_assert_eq(at, head);
        http_collector_free(&collector);
    }
}

Test(upgrade, a_head_without_end_is_refused_at_its_bound) {
    struct http_collector collector = {0};
    char buffer[UPGRADE_ANSWER_MAX], text[1000];
    struct slice answer, input;
    enum upgrade_verdict verdict = UPGRADE_MORE;
    size_t taken = 0;
    memset(text, 'a', sizeof text);
    for (; verdict == UPGRADE_MORE && taken <= 2 * HTTP_HEAD_MAX; taken += sizeof text) {
        input = (struct slice){text, sizeof text};
        verdict = upgrade_next(&collector, &all, &input, buffer, &answer);
    }
    cr_assert_eq(verdict, UPGRADE_REFUSED);
    cr_assert(taken <= HTTP_HEAD_MAX + sizeof text && slice_starts(answer, SLICE("HTTP/1.1 431 ")));
    http_collector_free(&collector);
}
