/* SPDX-License-Identifier: MIT */
/* The client's side of a WebSocket, with the server's side of this house at the other end, or with what no server
 * should say. */
#include "runtime/net/websocket.h"

#include <criterion/criterion.h>
#include <string.h>

enum { FIN = 0x80, MASKED = 0x80, TEXT = 1, CLOSE = 8, PING = 9, PONG = 10 };

struct side {
    struct websocket *websocket;
    unsigned messages;
    char message[70000];
    size_t length;
    char left[200000]; /* what has left and is not taken by the other one */
    size_t used;
};

static struct side client, server;

static void on_message(void *context, struct slice message) {
    struct side *side = context;
    side->messages++;
    memcpy(side->message, message.at, message.len);
    side->length = message.len;
}

static void on_leave(void *context, struct slice bytes) {
    struct side *side = context;
    memcpy(side->left + side->used, bytes.at, bytes.len);
    side->used += bytes.len;
}

static void begin(void) {
    static const struct upgrade_policy all = {NULL, 0};
    struct endpoint remote = {.port = 80, .transport = TRANSPORT_WS};
    cr_assert(ip_parse(&remote.ip, SLICE("192.0.2.1")));
    server.websocket = websocket_accept(&all, &(const struct websocket_events){on_message, on_leave, &server});
    client.websocket = websocket_connect(&remote, SLICE("sip.example"),
                                         &(const struct websocket_events){on_message, on_leave, &client});
    cr_assert(server.websocket && client.websocket && !websocket_open(client.websocket));
}

static void end(void) {
    websocket_free(client.websocket);
    websocket_free(server.websocket);
}

/* What has left `from` comes to `to`, `step` bytes at a time. */
static bool carry(struct side *from, const struct side *to, size_t step) {
    bool good = true;
    for (size_t at = 0; good && at < from->used; at += step)
        good = websocket_take(to->websocket, slice_cut((struct slice){from->left, from->used}, at, at + step));
    from->used = 0;
    return good;
}

static void open_it(void) {
    begin();
    cr_assert(carry(&client, &server, 1000) && carry(&server, &client, 1000));
    cr_assert(websocket_open(client.websocket) && !websocket_waits(client.websocket) && client.used == 0);
}

Test(websocket_client, it_asks_at_once_with_another_key_each_time) {
    char first[1000];
    begin();
    size_t length = client.used;
    cr_assert(length < sizeof first && memcmp(client.left, "GET / HTTP/1.1\r\nHost: sip.example\r\n", 35) == 0);
    memcpy(first, client.left, length);
    end();
    client.used = 0;
    begin();
    cr_assert_eq(client.used, length);
    cr_assert(memcmp(client.left, first, length) != 0);
    end();
}

Test(websocket_client, nothing_can_be_sent_before_it_is_open) {
    begin();
    cr_assert(!websocket_send(client.websocket, SLICE("one")) && !websocket_ping(client.websocket));
    cr_assert(carry(&client, &server, 1000) && carry(&server, &client, 1000));
    cr_assert(websocket_send(client.websocket, SLICE("three")));
    cr_assert(carry(&client, &server, 1000));
    cr_assert(server.messages == 1 && server.length == 5 && memcmp(server.message, "three", 5) == 0);
    end();
}

Test(websocket_client, it_masks_its_frames_and_no_two_masks_are_the_same) {
    open_it();
    cr_assert(websocket_send(client.websocket, SLICE("SIP/2.0")) && websocket_send(client.websocket, SLICE("SIP/2.0")));
    const unsigned char *left = (const unsigned char *)client.left;
    cr_assert_eq(client.used, 2 * (2 + 4 + 7));
    cr_assert(left[0] == (FIN | TEXT) && left[1] == (MASKED | 7));
    cr_assert(memcmp(left + 2, left + 13 + 2, 4) != 0);
    for (unsigned i = 0; i < 7; i++)
        cr_assert_eq(left[6 + i] ^ left[2 + i % 4], "SIP/2.0"[i]);
    cr_assert(carry(&client, &server, 1));
    cr_assert(server.messages == 2 && server.length == 7 && memcmp(server.message, "SIP/2.0", 7) == 0);
    end();
}

Test(websocket_client, frames_may_come_behind_the_answer_in_any_pieces) {
    for (size_t step = 1; step < 200; step++) {
        client.messages = 0;
        begin();
        cr_assert(carry(&client, &server, 1000));
        cr_assert(websocket_send(server.websocket, SLICE("one")) && websocket_send(server.websocket, SLICE("two")));
        cr_assert(carry(&server, &client, step));
        cr_assert_eq(client.messages, 2, "in steps of %zu", step);
        end();
    }
}

Test(websocket_client, long_messages_go_both_ways) {
    static char text[65536];
    memset(text, 'a', sizeof text);
    open_it();
    cr_assert(websocket_send(client.websocket, (struct slice){text, sizeof text}));
    cr_assert(carry(&client, &server, 999) && server.length == sizeof text && memcmp(server.message, text, 65536) == 0);
    cr_assert(websocket_send(server.websocket, (struct slice){text, sizeof text}));
    cr_assert(carry(&server, &client, 999) && client.length == sizeof text);
    end();
}

Test(websocket_client, pings_are_answered) {
    open_it();
    cr_assert(websocket_ping(server.websocket) && carry(&server, &client, 10));
    cr_assert(client.used == 6 && client.left[0] == (char)(FIN | PONG) && client.left[1] == (char)MASKED);
    end();
}

Test(websocket_client, a_refusal_is_the_end_and_says_why) {
    begin();
    cr_assert_eq(websocket_fault(client.websocket).len, 0);
    cr_assert(!websocket_take(client.websocket, SLICE("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")));
    cr_assert(!websocket_open(client.websocket));
    cr_assert(slice_equal(websocket_fault(client.websocket), SLICE("HTTP/1.1 404 Not Found")));
    end();
}

Test(websocket_client, an_answer_to_another_key_is_one_too) {
    begin();
    cr_assert(!websocket_take(client.websocket, SLICE("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                                      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                                      "Sec-WebSocket-Protocol: sip\r\n\r\n")));
    cr_assert(slice_equal(websocket_fault(client.websocket), SLICE("its Sec-WebSocket-Accept is not for our key")));
    end();
}

Test(websocket_client, a_server_that_breaks_the_rules_or_closes_is_answered_and_left) {
    static const struct {
        unsigned length;
        const char *bytes;
        unsigned code; /* 0: none is said */
    } rows[] = {
        {7, "\x81\x81\0\0\0\0a", 1002}, /* masked (RFC 6455 5.1) */
        {3,
         "\xc1\x01"
         "a",
         1002},                                  /* an extension that nobody agreed on */
        {7, "SIP/2.0", 1002},                    /* no frames at all */
        {2, "\x83\0", 1002},                     /* nobody knows what that would be (5.2) */
        {2, "\x80\0", 1002},                     /* the end of nothing (5.4) */
        {4, "\x89\x7e\0\x7e", 0},                /* a ping that is too long (5.5) */
        {10, "\x82\x7f\x80\0\0\0\0\0\0\0", 0},   /* no length (5.2) */
        {11, "\x82\x7f\0\0\0\0\0\1\0\1a", 1009}, /* longer than any message, by one */
        {11, "\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff\0", 1009},
        {3, "\x81\x01\xff", 1007},     /* a text that is none (8.1) */
        {4, "\x88\x02\x03\xe9", 1001}, /* going away */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t said = rows[i].code ? 2 : 0;
        open_it();
        cr_assert(!websocket_take(client.websocket, (struct slice){rows[i].bytes, rows[i].length}), "row %zu", i);
        const unsigned char *left = (const unsigned char *)client.left;
        cr_assert(client.used >= 6 + said && left[0] == (FIN | CLOSE) && left[1] >= (MASKED | said), "row %zu", i);
        unsigned code = (unsigned)(left[6] ^ left[2]) << 8 | (unsigned)(left[7] ^ left[3]);
        cr_assert(!said || code == rows[i].code, "row %zu: %u", i, code);
        cr_assert(client.messages == 0 && !websocket_send(client.websocket, SLICE("a")));
        client.used = 0;
        end();
    }
}
