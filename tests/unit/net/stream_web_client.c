/* SPDX-License-Identifier: MIT */
/* WebSockets that we open, over real sockets of the loopback: the test is the server. */
#include "runtime/net/stream.h"

#include "runtime/net/sockaddr.h"
#include "runtime/net/websocket_key.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct loop *loop;
static struct streams *streams;
static struct sip_flow flow;
static struct {
    unsigned messages, lost, expired;
    char bytes[16];
    enum cause cause;
    char fault[64];
} seen;
static bool any_turn; /* of the loop stops it */
static int listener = -1, server = -1;

static void on_message(void *context, const struct stream_message *message) {
    (void)context;
    seen.messages++;
    snprintf(seen.bytes, sizeof seen.bytes, "%.*s", SLICE_ARG(message->bytes));
}

static void on_lost(void *context, const struct stream_loss *loss) {
    (void)context;
    cr_assert(loss->opened);
    seen.lost++;
    seen.cause = loss->cause;
    snprintf(seen.fault, sizeof seen.fault, "%.*s", SLICE_ARG(loss->fault));
}

static void on_expired(void *context, const struct endpoint *remote, struct slice message) {
    (void)context;
    cr_assert(endpoint_equal(remote, &flow.remote));
    seen.expired++;
    snprintf(seen.bytes, sizeof seen.bytes, "%.*s", SLICE_ARG(message));
}

/* Something has come to the server, or wants to connect. */
static bool is_audible(void) {
    struct pollfd pollers[] = {{.fd = listener, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    return poll(pollers, 2, 0) > 0;
}

/* What was to leave on it. */
static void on_returned(void *context, const struct stream_loss *loss, struct slice message) {
    (void)context, (void)message;
    cr_assert(loss->opened);
}

static bool on_turn(void *context) {
    (void)context;
    while (streams_settle(streams))
        ;
    loop_due(loop, streams_due(streams));
    if (any_turn || seen.messages || seen.lost || seen.expired || is_audible())
        loop_stop(loop);
    return false;
}

static void on_time(void *context) {
    streams_tick(streams);
    on_turn(context);
}

static void begin_with(uint32_t connect_time, uint32_t message, uint32_t idle) {
    static const struct hash_key key = {{1, 2, 3, 4}};
    const struct stream_limits limits = {.connections = 10,
                                         .per_source = 10,
                                         .connect = connect_time,
                                         .message = message,
                                         .idle = idle,
                                         .unread = 2,
                                         .unread_all = 256};
    const struct stream_events events = {on_message, on_lost, on_expired, on_returned, on_turn, NULL};
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    alarm(30);
    loop = loop_new();
    streams = streams_new(loop, &limits, &key, &events);
    cr_assert(loop && streams);
    loop_time(loop, on_time, NULL);
    cr_assert(ip_parse(&flow.local.ip, SLICE("127.0.0.1")));
    flow.local.transport = TRANSPORT_WS;
    flow.name = SLICE("sip.example");
    flow.remote = flow.local;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    length = sockaddr_from(&name, &flow.remote);
    cr_assert(bind(listener, (struct sockaddr *)&name, length) == 0 && listen(listener, 5) == 0);
    length = sizeof name;
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&name, &length), 0);
    cr_assert(sockaddr_endpoint(&flow.remote, (struct sockaddr *)&name));
    flow.remote.transport = TRANSPORT_WS;
}

static void begin(uint32_t connect_time, uint32_t idle) {
    begin_with(connect_time, 5000, idle);
}

static void finish(void) {
    close(server);
    close(listener);
    streams_free(streams);
    loop_free(loop);
}

static uint64_t send_text(const char *text) {
    uint64_t number = streams_send(streams, &flow, slice_of(text));
    cr_assert_gt(number, 0);
    on_turn(NULL);
    return number;
}

/* What comes next to the server; "" when it is the end. */
static struct slice hear(void) {
    static char bytes[4096];
    while (!is_audible())
        loop_run(loop);
    ssize_t length = recv(server, bytes, sizeof bytes, 0);
    return (struct slice){bytes, length > 0 ? (size_t)length : 0};
}

#define SAY(literal) cr_assert_eq(send(server, literal, sizeof literal - 1, MSG_NOSIGNAL), (ssize_t)sizeof literal - 1)

static void meet(void) {
    while (!is_audible())
        loop_run(loop);
    server = accept(listener, NULL, NULL);
    cr_assert_geq(server, 0);
}

/* The request, and what is to be answered to it. */
static void agree(char answer[512]) {
    static const char header[] = "\r\nSec-WebSocket-Key: ";
    char accept[WEBSOCKET_ACCEPT], request[1024];
    meet();
    struct slice text = hear();
    snprintf(request, sizeof request, "%.*s", SLICE_ARG(text));
    const char *key = strstr(request, header);
    cr_assert(key && strstr(request, "\r\nHost: sip.example:"), "%s", request);
    websocket_key_accept((struct slice){key + sizeof header - 1, WEBSOCKET_KEY}, accept);
    snprintf(answer, 512,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: %.*s\r\nSec-WebSocket-Protocol: sip\r\n\r\n",
             WEBSOCKET_ACCEPT, accept);
}

static void shake_hands(void) {
    char answer[512];
    agree(answer);
    cr_assert_eq(send(server, answer, strlen(answer), MSG_NOSIGNAL), (ssize_t)strlen(answer));
}

static void hear_frame(const char *text) {
    struct slice frame = hear();
    size_t length = strlen(text);
    cr_assert(frame.len == 6 + length && frame.at[0] == '\x81' && frame.at[1] == (char)(0x80 | length));
    for (size_t i = 0; i < length; i++)
        cr_assert_eq(frame.at[6 + i] ^ frame.at[2 + i % 4], text[i]);
}

static void wait_for_loss(enum cause cause, const char *fault) {
    while (!seen.lost)
        loop_run(loop);
    cr_assert_eq(seen.lost, 1);
    cr_assert_eq(seen.cause, cause, "%s", causes[seen.cause]);
    cr_assert_str_eq(seen.fault, fault);
}

Test(stream_web_client, a_message_waits_for_the_handshake_and_the_next_shares_the_connection) {
    begin(3000, 5000);
    uint64_t number = send_text("abc");
    shake_hands();
    hear_frame("abc");
    cr_assert_eq(send_text("xyz"), number);
    hear_frame("xyz");
    SAY("\x81\x03"
        "def");
    while (!seen.messages)
        loop_run(loop);
    cr_assert_str_eq(seen.bytes, "def");
    cr_assert_eq(streams_find(streams, &flow.remote), number);
    cr_assert_eq(streams_counts(streams).opened, 1);
    finish();
}

Test(stream_web_client, frames_may_come_in_one_piece_with_the_answer) {
    char answer[512];
    begin(3000, 5000);
    send_text("abc");
    agree(answer);
    strcat(answer, "\x81\x03"
                   "def");
    cr_assert_eq(send(server, answer, strlen(answer), MSG_NOSIGNAL), (ssize_t)strlen(answer));
    while (!seen.messages)
        loop_run(loop);
    cr_assert_str_eq(seen.bytes, "def");
    hear_frame("abc");
    finish();
}

Test(stream_web_client, a_refusal_is_told_at_once_with_its_reason) {
    begin(3000, 5000);
    send_text("abc");
    meet();
    hear();
    SAY("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    wait_for_loss(CAUSE_REFUSED, "HTTP/1.1 404 Not Found");
    cr_assert_eq(hear().len, 0);
    finish();
}

Test(stream_web_client, who_hangs_up_instead_has_reset_it) {
    begin(3000, 5000);
    send_text("abc");
    meet();
    hear();
    SAY("HTTP/1.1 101 ");
    shutdown(server, SHUT_WR);
    wait_for_loss(CAUSE_RESET, "");
    finish();
}

Test(stream_web_client, who_accepts_and_is_gone_has_reset_it) {
    begin(3000, 5000);
    send_text("abc");
    meet();
    close(server);
    server = -1;
    while (!seen.lost)
        loop_run(loop);
    cr_assert_eq(seen.cause, CAUSE_RESET, "%s", causes[seen.cause]);
    finish();
}

Test(stream_web_client, an_answer_without_end_is_a_refusal) {
    static char filler[8192];
    begin(3000, 5000);
    send_text("abc");
    meet();
    hear();
    memset(filler, 'x', sizeof filler);
    SAY("HTTP/1.1 101 Switching Protocols\r\nX: ");
    for (unsigned i = 0; !seen.lost && i < 16; i++) {
        cr_assert_gt(send(server, filler, sizeof filler, MSG_NOSIGNAL), 0);
        any_turn = true;
        loop_run(loop);
    }
    cr_assert_eq(seen.cause, CAUSE_REFUSED, "%s", causes[seen.cause]);
    finish();
}

Test(stream_web_client, garbage_instead_of_frames_is_answered_and_told_at_once) {
    begin(3000, 5000);
    send_text("abc");
    shake_hands();
    hear_frame("abc");
    SAY("SIP/2.0 200 OK\r\n\r\n");
    wait_for_loss(CAUSE_RESET, "");
    struct slice frame = hear();
    cr_assert(frame.len >= 8 && frame.at[0] == '\x88');
    cr_assert_eq(hear().len, 0);
    cr_assert_eq(seen.messages, 0);
    finish();
}

Test(stream_web_client, the_handshake_is_part_of_the_time_to_connect) {
    begin(300, 60000);
    send_text("abc");
    meet();
    hear();
    SAY("HTTP/1.1 101 Switching Protocols\r\n");
    wait_for_loss(CAUSE_CONNECT_TIMEOUT, "");
    cr_assert_eq(streams_counts(streams).timed_out, 0);
    finish();
}

Test(stream_web_client, who_is_in_a_hurry_gives_up_alone) {
    char answer[512];
    begin(20000, 60000);
    send_text("abc");
    agree(answer);
    flow.until = loop_now() + 200;
    send_text("xyz");
    while (!seen.expired)
        loop_run(loop);
    cr_assert_str_eq(seen.bytes, "xyz");
    seen.expired = 0;
    cr_assert_eq(send(server, answer, strlen(answer), MSG_NOSIGNAL), (ssize_t)strlen(answer));
    hear_frame("abc"); /* and nothing behind it */
    cr_assert_eq(seen.lost, 0);
    finish();
}

Test(stream_web_client, who_waits_alone_decides_how_long) {
    begin(20000, 60000);
    flow.until = loop_now() + 200;
    send_text("abc");
    wait_for_loss(CAUSE_CONNECT_TIMEOUT, "");
    cr_assert_eq(seen.expired, 0);
    finish();
}

Test(stream_web_client, what_waits_for_the_handshake_is_bounded) {
    static char text[1500];
    memset(text, 'a', sizeof text - 1);
    begin(3000, 5000);
    send_text(text);
    meet();
    cr_assert_eq(seen.lost, 0);
    send_text(text);
    wait_for_loss(CAUSE_LOCAL_LIMIT, "");
    cr_assert_eq(streams_counts(streams).unread, 1);
    finish();
}

Test(stream_web_client, one_message_may_always_wait) {
    static char text[3000];
    memset(text, 'a', sizeof text - 1);
    begin(3000, 5000);
    send_text("abc");
    shake_hands();
    hear_frame("abc");
    send_text(text);
    cr_assert_gt(hear().len, sizeof text);
    cr_assert_eq(seen.lost, 0);
    finish();
}

Test(stream_web_client, a_close_is_answered_and_told_at_once) {
    begin(3000, 5000);
    send_text("abc");
    shake_hands();
    hear_frame("abc");
    SAY("\x88\x02\x03\xe9");
    wait_for_loss(CAUSE_RESET, "");
    struct slice frame = hear();
    cr_assert(frame.len == 8 && frame.at[0] == '\x88');
    cr_assert_eq(hear().len, 0);
    finish();
}

Test(stream_web_client, pings_are_answered_but_keep_none_open_that_carries_no_messages) {
    begin(3000, 500);
    send_text("abc");
    uint64_t start = loop_now();
    shake_hands();
    hear_frame("abc");
    for (struct slice frame = {NULL, 6}; frame.len == 6;) {
        SAY("\x89\0");
        frame = hear();
        cr_assert(frame.len == 0 || (frame.len == 6 && frame.at[0] == '\x8a'));
    }
    wait_for_loss(CAUSE_RESET, "");
    cr_assert(loop_now() - start >= 500 && loop_now() - start < 20000);
    cr_assert_eq(streams_counts(streams).timed_out, 1);
    finish();
}

Test(stream_web_client, a_ping_in_pieces_ends_nothing) {
    begin_with(3000, 200, 1000);
    send_text("abc");
    uint64_t start = loop_now();
    shake_hands();
    hear_frame("abc");
    SAY("\x89");
    any_turn = true;
    loop_run(loop);
    any_turn = false;
    SAY("\0");
    cr_assert_eq(hear().len, 6);
    wait_for_loss(CAUSE_RESET, "");
    cr_assert(loop_now() - start >= 1000 && loop_now() - start < 20000);
    finish();
}
