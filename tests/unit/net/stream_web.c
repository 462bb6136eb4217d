/* SPDX-License-Identifier: MIT */
/* WebSockets over real sockets of the loopback: deadlines, and what becomes of those who break off. */
#include "runtime/net/stream.h"

#include "runtime/net/sockaddr.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE                                                                                                      \
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"          \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
/* Frames with a mask of zeros, which changes nothing. */
#define MASK            "\0\0\0\0"
#define FRAMED(letters) "\x81\x83" MASK letters /* of three */
#define PING_EXPECTED   "\x89\0"
#define PONG            "\x8a\x80" MASK

static struct loop *loop;
static struct streams *streams;
static struct endpoint listener;
static struct {
    unsigned messages, lost;
    struct stream_message last;
    char bytes[16];
    enum cause cause;
} seen;
static int client;

static void on_message(void *context, const struct stream_message *message) {
    (void)context;
    seen.messages++;
    seen.last = *message;
    memcpy(seen.bytes, message->bytes.at, message->bytes.len < sizeof seen.bytes ? message->bytes.len : 0);
}

static void on_lost(void *context, const struct stream_loss *loss) {
    (void)context;
    seen.lost++;
    seen.cause = loss->cause;
}

static void on_returned(void *context, const struct stream_loss *loss, struct slice message) {
    (void)context, (void)message;
    cr_assert_eq(loss->cause, CAUSE_FLOW_FAILED); /* nobody else is connected to */
}

/* Something can be heard. */
static bool is_audible(void) {
    struct pollfd poller = {.fd = client, .events = POLLIN};
    return poll(&poller, 1, 0) > 0;
}

static bool on_turn(void *context) {
    (void)context;
    while (streams_settle(streams))
        ;
    loop_due(loop, streams_due(streams));
    if (seen.messages || seen.lost || is_audible())
        loop_stop(loop);
    return false;
}

static void on_time(void *context) {
    streams_tick(streams);
    on_turn(context);
}

static void begin(uint32_t message, uint32_t idle) {
    static const struct hash_key key = {{1, 2, 3, 4}};
    const struct stream_limits limits = {.connections = 10,
                                         .per_source = 10,
                                         .connect = 3000,
                                         .message = message,
                                         .idle = idle,
                                         .unread = 1024,
                                         .unread_all = 256};
    const struct stream_events events = {
        .received = on_message, .lost = on_lost, .returned = on_returned, .turn = on_turn};
    struct endpoint any = {.transport = TRANSPORT_WS};
    struct sockaddr_storage name;
    alarm(30);
    loop = loop_new();
    streams = streams_new(loop, &limits, &key, &events);
    cr_assert(loop && streams && ip_parse(&any.ip, SLICE("127.0.0.1")));
    loop_time(loop, on_time, NULL);
    cr_assert_eq(streams_listen(streams, &any, &listener), 0);
    cr_assert_eq(listener.transport, TRANSPORT_WS);
    socklen_t length = sockaddr_from(&name, &listener);
    client = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(client, (struct sockaddr *)&name, length), 0);
}

static void finish(void) {
    close(client);
    streams_free(streams);
    loop_free(loop);
}

#define SAY(literal) cr_assert_eq(send(client, literal, sizeof literal - 1, MSG_NOSIGNAL), (ssize_t)sizeof literal - 1)

/* What comes next; "" when it is the end. */
static struct slice hear(void) {
    static char bytes[4096];
    while (!is_audible())
        loop_run(loop);
    ssize_t length = recv(client, bytes, sizeof bytes, 0);
    return (struct slice){bytes, length > 0 ? (size_t)length : 0};
}

static void open_it(void) {
    SAY(HANDSHAKE);
    cr_assert(slice_starts(hear(), SLICE("HTTP/1.1 101 ")));
}

Test(stream_web, messages_come_and_go_in_frames) {
    begin(5000, 5000);
    open_it();
    SAY(FRAMED("abc"));
    loop_run(loop);
    cr_assert(seen.messages == 1 && memcmp(seen.bytes, "abc", 3) == 0);
    cr_assert(endpoint_equal(&seen.last.local, &listener) && seen.last.source.transport == TRANSPORT_WS);
    cr_assert_eq(streams_find(streams, &seen.last.source), seen.last.connection);
    const struct sip_flow flow = {.local = listener, .remote = seen.last.source, .connection = seen.last.connection};
    cr_assert_eq(streams_send(streams, &flow, SLICE("xyz")), seen.last.connection);
    on_turn(NULL);
    cr_assert(slice_equal(hear(), SLICE("\x81\x03xyz")));
    finish();
}

Test(stream_web, a_ping_of_sip_is_answered_and_is_no_message) {
    begin(5000, 5000);
    open_it();
    SAY("\x81\x84" MASK "\r\n\r\n");
    cr_assert(slice_equal(hear(), SLICE("\x81\x02\r\n")));
    cr_assert_eq(seen.messages, 0);
    finish();
}

Test(stream_web, nobody_is_connected_to) {
    begin(5000, 5000);
    const struct sip_flow flow = {.local = listener, .remote = listener};
    cr_assert_gt(streams_send(streams, &flow, SLICE("abc")), 0);
    on_turn(NULL);
    cr_assert(seen.lost == 1 && seen.cause == CAUSE_FLOW_FAILED);
    finish();
}

Test(stream_web, the_handshake_must_come_in_time) {
    begin(200, 60000);
    SAY("GET / HTTP/1.1\r\n");
    cr_assert_eq(hear().len, 0);
    cr_assert_eq(streams_counts(streams).timed_out, 1);
    finish();
}

Test(stream_web, so_must_it_when_nothing_of_it_comes) {
    begin(200, 60000);
    cr_assert_eq(hear().len, 0);
    finish();
}

Test(stream_web, what_is_no_handshake_is_answered_and_closed) {
    begin(5000, 5000);
    SAY("OPTIONS sip:a SIP/2.0\r\n\r\n");
    cr_assert(slice_starts(hear(), SLICE("HTTP/1.1 400 ")));
    cr_assert_eq(hear().len, 0);
    finish();
}

Test(stream_web, who_is_silent_is_asked_and_stays_if_it_answers) {
    begin(5000, 400);
    open_it();
    cr_assert(slice_equal(hear(), SLICE(PING_EXPECTED)));
    SAY(PONG);
    cr_assert(slice_equal(hear(), SLICE(PING_EXPECTED)));
    cr_assert_eq(hear().len, 0);
    cr_assert(seen.lost == 1 && streams_counts(streams).timed_out == 1);
    finish();
}

Test(stream_web, a_message_must_come_to_its_end_in_time) {
    begin(300, 60000);
    open_it();
    SAY("\x01\x83" MASK "abc"); /* a first fragment */
    cr_assert_eq(hear().len, 0);
    cr_assert_eq(seen.messages, 0);
    finish();
}

Test(stream_web, so_must_the_header_of_its_frame) {
    begin(300, 60000);
    open_it();
    SAY("\x81");
    cr_assert_eq(hear().len, 0);
    cr_assert(seen.messages == 0 && streams_counts(streams).timed_out == 1);
    finish();
}

Test(stream_web, a_close_is_answered_and_the_connection_is_lost) {
    begin(5000, 5000);
    open_it();
    SAY("\x88\x82" MASK "\x03\xe8");
    cr_assert(slice_equal(hear(), SLICE("\x88\x02\x03\xe8")));
    cr_assert_eq(hear().len, 0);
    close(client);
    client = -1;
    while (!seen.lost)
        loop_run(loop);
    cr_assert_eq(seen.cause, CAUSE_RESET);
    finish();
}
