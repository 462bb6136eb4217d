/* SPDX-License-Identifier: MIT */
/* Streams with a listener on a loop of their own, over real sockets of the loopback; and what they tell. */
#ifndef FOV_TESTS_UNIT_NET_SUPPORT_STREAMS_H
#define FOV_TESTS_UNIT_NET_SUPPORT_STREAMS_H

#include "runtime/net/stream.h"

#include "runtime/net/sockaddr.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE "OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n"

static struct loop *loop;
static struct streams *streams;
static struct endpoint listener;
static struct {
    unsigned messages, broken, lost, expired, returned, turns;
    struct endpoint source, local;
    uint64_t connection, lost_connection;
    char bytes[256];
    enum cause cause;
} seen;
/* When the loop is to stop. */
static unsigned wanted_messages, wanted_lost, wanted_turns;

static inline void on_message(void *context, const struct stream_message *message) {
    (void)context;
    seen.messages++;
    seen.broken += message->broken.code != 0;
    seen.source = message->source;
    seen.local = message->local;
    seen.connection = message->connection;
    snprintf(seen.bytes, sizeof seen.bytes, "%.*s", SLICE_ARG(message->bytes));
    if (message->broken.code) { /* as the proxy would */
        const struct sip_flow flow = {
            .local = message->local, .remote = message->source, .connection = message->connection};
        streams_send(streams, &flow, SLICE("SIP/2.0 400 Bad\r\nl: 0\r\n\r\n"));
    }
}

static inline void on_lost(void *context, const struct stream_loss *loss) {
    (void)context;
    seen.lost++;
    seen.lost_connection = loss->connection;
    seen.cause = loss->cause;
}

static inline void on_expired(void *context, const struct endpoint *remote, struct slice message) {
    (void)context;
    seen.expired++;
    seen.source = *remote;
    snprintf(seen.bytes, sizeof seen.bytes, "%.*s", SLICE_ARG(message));
}

static inline void on_returned(void *context, const struct stream_loss *loss, struct slice message) {
    (void)context;
    cr_assert(seen.lost && loss->connection == seen.lost_connection && loss->opened); /* it was told before */
    seen.returned++;
    snprintf(seen.bytes, sizeof seen.bytes, "%.*s", SLICE_ARG(message));
}

static inline bool on_turn(void *context) {
    (void)context;
    seen.turns++;
    while (streams_settle(streams))
        ;
    loop_due(loop, streams_due(streams));
    if ((wanted_messages && seen.messages >= wanted_messages) || (wanted_lost && seen.lost >= wanted_lost) ||
        (wanted_turns && seen.turns >= wanted_turns))
        loop_stop(loop);
    return false;
}

static inline void on_time(void *context) {
    streams_tick(streams);
    on_turn(context);
}

static inline struct endpoint place(const char *ip, uint16_t port) {
    struct endpoint endpoint = {.port = port, .transport = TRANSPORT_TCP};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

static const struct stream_limits usual = {.connections = 100,
                                           .per_source = 50,
                                           .connect = 3000,
                                           .message = 10000,
                                           .idle = 10000,
                                           .unread = 1024,
                                           .unread_all = 256};

static inline void begin(const struct stream_limits *limits) {
    static const struct hash_key key = {{1, 2, 3, 4}};
    const struct stream_events events = {on_message, on_lost, on_expired, on_returned, on_turn, NULL};
    alarm(30);
    loop = loop_new();
    streams = streams_new(loop, limits, &key, &events);
    cr_assert(loop && streams);
    loop_time(loop, on_time, NULL);
    const struct endpoint any = place("127.0.0.1", 0);
    cr_assert_eq(streams_listen(streams, &any, &listener), 0);
    cr_assert(listener.port && listener.transport == TRANSPORT_TCP);
}

static inline void finish(void) {
    streams_free(streams);
    loop_free(loop);
}

static inline void run_until_messages(unsigned count) {
    wanted_messages = count;
    if (seen.messages < count)
        loop_run(loop);
    wanted_messages = 0;
    cr_assert_eq(seen.messages, count);
}

static inline void run_until_lost(unsigned count) {
    wanted_lost = count;
    on_turn(NULL);
    if (seen.lost < count)
        loop_run(loop);
    wanted_lost = 0;
    cr_assert_eq(seen.lost, count);
}

static inline void run_turns(unsigned count) {
    wanted_turns = seen.turns + count;
    loop_run(loop);
    wanted_turns = 0;
}

static inline int connect_to(const struct endpoint *endpoint) {
    struct sockaddr_storage name;
    socklen_t length = sockaddr_from(&name, endpoint);
    int fd = socket(endpoint->ip.family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&name, length), 0, "%s", strerror(errno));
    return fd;
}

static inline void say(int fd, const char *text) {
    cr_assert_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* What comes within a second; "" when the connection is closed. */
static inline const char *hear(int fd) {
    static char bytes[4096];
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    cr_assert_eq(poll(&poller, 1, 1000), 1, "nothing came");
    ssize_t length = recv(fd, bytes, sizeof bytes - 1, 0);
    bytes[length > 0 ? length : 0] = '\0';
    return bytes;
}

static inline int listen_somewhere(struct endpoint *bound, int backlog) {
    struct sockaddr_storage name;
    struct endpoint any = place("127.0.0.1", 0);
    socklen_t length = sockaddr_from(&name, &any);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&name, length), 0);
    cr_assert_eq(listen(fd, backlog), 0);
    length = sizeof name;
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&name, &length), 0);
    sockaddr_endpoint(bound, (struct sockaddr *)&name);
    bound->transport = TRANSPORT_TCP;
    return fd;
}

static inline uint64_t send_to(const struct endpoint *remote, uint32_t patience) {
    const struct sip_flow flow = {.local = listener, .remote = *remote, .until = patience ? loop_now() + patience : 0};
    uint64_t number = streams_send(streams, &flow, SLICE(MESSAGE));
    on_turn(NULL);
    return number;
}

#endif
