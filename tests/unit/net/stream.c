/* SPDX-License-Identifier: MIT */
/* Streams over real sockets of the loopback. */
#include "runtime/net/stream.h"

#include "runtime/net/sockaddr.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE "OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n"

static struct loop *loop;
static struct streams *streams;
static struct endpoint listener;
static struct {
    unsigned messages, broken, lost, expired, turns;
    struct endpoint source, local;
    uint64_t connection, lost_connection;
    char bytes[256];
    enum cause cause;
} seen;
/* When the loop is to stop. */
static unsigned wanted_messages, wanted_lost, wanted_turns;

static void on_message(void *context, const struct stream_message *message) {
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

static void on_lost(void *context, const struct stream_loss *loss) {
    (void)context;
    seen.lost++;
    seen.lost_connection = loss->connection;
    seen.cause = loss->cause;
}

static void on_expired(void *context, const struct endpoint *remote, struct slice message) {
    (void)context;
    seen.expired++;
    seen.source = *remote;
    snprintf(seen.bytes, sizeof seen.bytes, "%.*s", SLICE_ARG(message));
}

static bool on_turn(void *context) {
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

static void on_time(void *context) {
    streams_tick(streams);
    on_turn(context);
}

static struct endpoint place(const char *ip, uint16_t port) {
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

static void begin(const struct stream_limits *limits) {
    static const struct hash_key key = {{1, 2, 3, 4}};
    const struct stream_events events = {on_message, on_lost, on_expired, on_turn, NULL};
    alarm(30);
    loop = loop_new();
    streams = streams_new(loop, limits, &key, &events);
    cr_assert(loop && streams);
    loop_time(loop, on_time, NULL);
    const struct endpoint any = place("127.0.0.1", 0);
    cr_assert_eq(streams_listen(streams, &any, &listener), 0);
    cr_assert(listener.port && listener.transport == TRANSPORT_TCP);
}

static void finish(void) {
    streams_free(streams);
    loop_free(loop);
}

static void run_until_messages(unsigned count) {
    wanted_messages = count;
    if (seen.messages < count)
        loop_run(loop);
    wanted_messages = 0;
    cr_assert_eq(seen.messages, count);
}

static void run_until_lost(unsigned count) {
    wanted_lost = count;
    on_turn(NULL);
    if (seen.lost < count)
        loop_run(loop);
    wanted_lost = 0;
    cr_assert_eq(seen.lost, count);
}

static void run_turns(unsigned count) {
    wanted_turns = seen.turns + count;
    loop_run(loop);
    wanted_turns = 0;
}

static int connect_to(const struct endpoint *endpoint) {
    struct sockaddr_storage name;
    socklen_t length = sockaddr_from(&name, endpoint);
    int fd = socket(endpoint->ip.family == 6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (struct sockaddr *)&name, length), 0, "%s", strerror(errno));
    return fd;
}

static void say(int fd, const char *text) {
    cr_assert_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* What comes within a second; "" when the connection is closed. */
static const char *hear(int fd) {
    static char bytes[4096];
    struct pollfd poller = {.fd = fd, .events = POLLIN};
    cr_assert_eq(poll(&poller, 1, 1000), 1, "nothing came");
    ssize_t length = recv(fd, bytes, sizeof bytes - 1, 0);
    bytes[length > 0 ? length : 0] = '\0';
    return bytes;
}

static int listen_somewhere(struct endpoint *bound, int backlog) {
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

static uint64_t send_to(const struct endpoint *remote, uint32_t patience) {
    const struct sip_flow flow = {.local = listener, .remote = *remote, .patience = patience};
    uint64_t number = streams_send(streams, &flow, SLICE(MESSAGE));
    on_turn(NULL);
    return number;
}

Test(stream, messages_come_whole_and_answers_go_back_on_their_connection) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, MESSAGE MESSAGE "OPTIONS sip:b SIP/2.0\r\n");
    run_until_messages(2);
    say(fd, "l: 3\r\n\r\nabc");
    run_until_messages(3);
    cr_assert_str_eq(seen.bytes, "OPTIONS sip:b SIP/2.0\r\nl: 3\r\n\r\nabc");
    cr_assert(endpoint_equal(&seen.local, &listener));
    cr_assert_eq(seen.connection, 1);
    cr_assert_eq(streams_find(streams, &seen.source), 1);
    cr_assert(endpoint_equal(streams_remote(streams, 1), &seen.source));
    const struct sip_flow flow = {.local = seen.local, .remote = seen.source, .connection = 1};
    cr_assert_eq(streams_send(streams, &flow, SLICE("SIP/2.0 200 OK\r\n\r\n")), 1);
    on_turn(NULL);
    cr_assert_str_eq(hear(fd), "SIP/2.0 200 OK\r\n\r\n");
    close(fd);
    run_until_lost(1);
    cr_assert(seen.lost_connection == 1 && seen.cause == CAUSE_RESET);
    cr_assert_eq(streams_find(streams, &seen.source), 0);
    cr_assert_null(streams_remote(streams, 1));
    finish();
}

/* A machine without IPv6 has nothing to show. */
Test(stream, ipv6_is_no_other) {
    begin(&usual);
    struct endpoint address = place("::1", 0), bound;
    if (streams_listen(streams, &address, &bound) == 0) {
        cr_assert_eq(bound.ip.family, 6);
        int fd = connect_to(&bound);
        say(fd, MESSAGE);
        run_until_messages(1);
        cr_assert(endpoint_equal(&seen.local, &bound) && ip_equal(&seen.source.ip, &bound.ip));
        const struct sip_flow flow = {.local = bound, .remote = bound}; /* to ourselves, for once */
        cr_assert_gt(streams_send(streams, &flow, SLICE(MESSAGE)), 1);
        on_turn(NULL);
        run_until_messages(2);
    }
    finish();
}

Test(stream, a_ping_is_answered) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, "\r\n\r\n" MESSAGE);
    run_until_messages(1);
    cr_assert_str_eq(hear(fd), "\r\n");
    finish();
}

Test(stream, who_has_said_all_still_hears_what_is_ready) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, "\r\n\r\nOPTIONS sip:a SIP/2.0\r\n\r\n");
    shutdown(fd, SHUT_WR);
    run_until_lost(1);
    cr_assert_eq(seen.broken, 1);
    cr_assert_str_eq(hear(fd), "\r\nSIP/2.0 400 Bad\r\nl: 0\r\n\r\n");
    cr_assert_str_empty(hear(fd));
    close(fd);
    finish();
}

Test(stream, who_loses_the_framing_gets_an_answer_and_is_closed) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, "OPTIONS sip:a SIP/2.0\r\n\r\n" MESSAGE);
    run_until_messages(1);
    cr_assert_eq(seen.broken, 1);
    cr_assert_str_eq(hear(fd), "SIP/2.0 400 Bad\r\nl: 0\r\n\r\n");
    cr_assert_str_eq(hear(fd), "");
    const struct sip_flow flow = {.local = seen.local, .remote = seen.source, .connection = seen.connection};
    cr_assert_neq(streams_send(streams, &flow, SLICE(MESSAGE)), seen.connection); /* no more of it */
    say(fd, MESSAGE);
    run_until_lost(1); /* the new one: nobody listens there */
    cr_assert_eq(seen.messages, 1);
    finish();
}

Test(stream, one_address_has_only_so_many_connections) {
    begin(&(const struct stream_limits){100, 2, 3000, 10000, 10000, 1024, 256});
    int fds[3] = {connect_to(&listener), connect_to(&listener), connect_to(&listener)};
    say(fds[0], MESSAGE);
    run_until_messages(1);
    cr_assert_str_eq(hear(fds[2]), "");
    cr_assert_eq(streams_counts(streams).accepted, 2);
    cr_assert_eq(streams_counts(streams).refused, 1);
    close(fds[1]);
    run_until_lost(1);
    int again = connect_to(&listener);
    say(again, MESSAGE);
    run_until_messages(2);
    finish();
}

Test(stream, all_together_have_only_so_many) {
    begin(&(const struct stream_limits){1, 50, 3000, 10000, 10000, 1024, 256});
    int first = connect_to(&listener), second = connect_to(&listener);
    say(first, MESSAGE);
    run_until_messages(1);
    cr_assert_str_eq(hear(second), "");
    finish();
}

Test(stream, a_message_must_come_to_its_end_in_time) {
    begin(&(const struct stream_limits){100, 50, 3000, 300, 10000, 1024, 256});
    int slow = connect_to(&listener), good = connect_to(&listener);
    uint64_t start = loop_now();
    say(slow, "OPTIONS sip:a SIP/2.0\r\n");
    say(good, MESSAGE);
    run_until_messages(1);
    say(slow, "a: b\r\n"); /* that it goes on counts for nothing */
    run_until_lost(1);
    cr_assert(loop_now() - start >= 300 && loop_now() - start < 2000);
    cr_assert_str_eq(hear(slow), "");
    cr_assert_eq(streams_counts(streams).timed_out, 1);
    say(good, MESSAGE);
    run_until_messages(2);
    finish();
}

Test(stream, who_says_nothing_for_too_long_is_closed) {
    begin(&(const struct stream_limits){100, 50, 3000, 10000, 300, 1024, 256});
    int fd = connect_to(&listener);
    say(fd, MESSAGE);
    run_until_messages(1);
    uint64_t start = loop_now();
    say(fd, "\r\n\r\n");
    run_until_lost(1);
    cr_assert_geq(loop_now() - start, 290);
    cr_assert_eq(streams_counts(streams).timed_out, 1);
    finish();
}

Test(stream, a_refused_connection_is_told_at_once) {
    begin(&usual);
    struct endpoint nobody;
    close(listen_somewhere(&nobody, 1));
    uint64_t start = loop_now(), number = send_to(&nobody, 0);
    cr_assert_gt(number, 0);
    run_until_lost(1);
    cr_assert(seen.lost_connection == number && seen.cause == CAUSE_REFUSED);
    cr_assert_lt(loop_now() - start, 500);
    finish();
}

Test(stream, what_is_sent_waits_for_the_connection_and_the_next_shares_it) {
    begin(&usual);
    struct endpoint target;
    int server = listen_somewhere(&target, 10);
    uint64_t number = send_to(&target, 0);
    cr_assert_eq(send_to(&target, 0), number);
    run_turns(1);
    int fd = accept(server, NULL, NULL);
    cr_assert_str_eq(hear(fd), MESSAGE MESSAGE);
    cr_assert_eq(send_to(&target, 0), number);
    cr_assert_str_eq(hear(fd), MESSAGE);
    say(fd, MESSAGE); /* the other way too */
    run_until_messages(1);
    cr_assert(endpoint_equal(&seen.source, &target) && seen.connection == number);
    close(fd);
    run_until_lost(1);
    cr_assert_eq(seen.lost_connection, number);
    cr_assert_gt(send_to(&target, 0), number);
    run_turns(1);
    fd = accept(server, NULL, NULL);
    cr_assert_str_eq(hear(fd), MESSAGE);
    cr_assert_eq(streams_counts(streams).opened, 2);
    finish();
}

Test(stream, a_connection_that_came_is_not_taken_for_requests_to_its_address) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, MESSAGE);
    run_until_messages(1);
    cr_assert_eq(streams_find(streams, &seen.source), 1);
    cr_assert_neq(send_to(&seen.source, 0), 1);
    finish();
}

/* Nobody accepts there, and the queue is full. */
static struct endpoint deaf_place(void) {
    struct endpoint target;
    listen_somewhere(&target, 0);
    for (unsigned i = 0; i < 4; i++) {
        struct sockaddr_storage name;
        socklen_t length = sockaddr_from(&name, &target);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(fd, (struct sockaddr *)&name, length);
    }
    return target;
}

Test(stream, who_does_not_answer_the_wish_to_connect_is_given_up) {
    struct stream_limits limits = usual;
    limits.connect = 250;
    begin(&limits);
    const struct endpoint target = deaf_place();
    uint64_t start = loop_now();
    send_to(&target, 5000);
    send_to(&target, 0);
    run_until_lost(1);
    cr_assert_eq(seen.cause, CAUSE_CONNECT_TIMEOUT);
    cr_assert(loop_now() - start >= 250 && loop_now() - start < 2500);
    cr_assert_eq(seen.expired, 0);
    finish();
}

Test(stream, who_waits_alone_decides_how_long) {
    begin(&usual);
    const struct endpoint target = deaf_place();
    uint64_t start = loop_now();
    send_to(&target, 250);
    run_until_lost(1);
    cr_assert_eq(seen.cause, CAUSE_CONNECT_TIMEOUT);
    cr_assert(loop_now() - start >= 250 && loop_now() - start < 2500);
    cr_assert_eq(seen.expired, 0);
    finish();
}

Test(stream, who_is_in_a_hurry_gives_up_alone) {
    begin(&usual);
    const struct endpoint target = deaf_place();
    uint64_t start = loop_now(), number = send_to(&target, 800);
    const struct sip_flow flow = {.local = listener, .remote = target, .patience = 200};
    cr_assert_eq(streams_send(streams, &flow, SLICE("hurry")), number);
    on_turn(NULL);
    while (!seen.expired)
        run_turns(1);
    cr_assert(loop_now() - start >= 200 && loop_now() - start < 800 && seen.lost == 0);
    cr_assert(endpoint_equal(&seen.source, &target));
    cr_assert_str_eq(seen.bytes, "hurry");
    run_until_lost(1); /* the other one */
    cr_assert(loop_now() - start >= 800 && loop_now() - start < 2500);
    cr_assert(seen.lost_connection == number && seen.cause == CAUSE_CONNECT_TIMEOUT && seen.expired == 1);
    finish();
}

/* More than the socket takes at once, for a peer that reads now and then, while more is queued. */
Test(stream, what_waits_for_a_slow_reader_leaves_whole_and_in_order) {
    begin(&usual);
    struct endpoint target;
    int server = listen_somewhere(&target, 10), small = 4096;
    setsockopt(server, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    const struct sip_flow flow = {.local = listener, .remote = target};
    char line[64], got[1000];
    unsigned sent = 0, read = 0;
    size_t matched = 0;
    streams_send(streams, &flow, SLICE(""));
    run_turns(1);
    int fd = accept(server, NULL, NULL);
    for (unsigned round = 0; read < 60000; round++) {
        for (unsigned i = 0; i < 7 && sent < 60000; i++) {
            int length = snprintf(line, sizeof line, "%u%0*u\n", sent, (int)(sent % 40) + 1, 0u);
            streams_send(streams, &flow, (struct slice){line, (size_t)length});
            sent++;
        }
        on_turn(NULL);
        if (round % 3 || sent == 60000) {
            struct pollfd poller = {.fd = fd, .events = POLLIN};
            ssize_t length = poll(&poller, 1, 0) == 1 ? recv(fd, got, sizeof got, 0) : 0;
            for (ssize_t i = 0; i < length; i++) {
                int wanted = snprintf(line, sizeof line, "%u%0*u\n", read, (int)(read % 40) + 1, 0u);
                cr_assert_eq(got[i], line[matched], "line %u", read);
                if (++matched == (size_t)wanted) {
                    read++;
                    matched = 0;
                }
            }
            struct pollfd room = {.fd = fd, .events = POLLIN};
            if (length == 0 && poll(&room, 1, 0) == 0)
                run_turns(1); /* the socket has room again */
        }
        cr_assert_eq(seen.lost, 0);
    }
    finish();
}

/* How many bytes could be sent to who does not read before its connection was closed, for what was waiting by then. */
static size_t sent_unread(unsigned limit, size_t size) {
    struct stream_limits limits = usual;
    struct endpoint target;
    int server = listen_somewhere(&target, 10), small = 4096;
    static char bytes[60000];
    size_t sent = 0;
    limits.unread = limit;
    memset(&seen, 0, sizeof seen);
    begin(&limits);
    setsockopt(server, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    memset(bytes, 'x', sizeof bytes);
    const struct sip_flow flow = {.local = listener, .remote = target};
    send_to(&target, 0);
    run_turns(1);
    for (; sent < 32 << 20 && !seen.lost; sent += size) {
        streams_send(streams, &flow, (struct slice){bytes, size});
        on_turn(NULL);
    }
    cr_assert_eq(streams_counts(streams).unread, seen.lost);
    close(server);
    finish();
    return sent;
}

Test(stream, who_does_not_read_is_closed_before_he_costs_much) {
    size_t little = sent_unread(64, 6000), much = sent_unread(4096, 6000);
    cr_assert(much < 32 << 20, "%zu bytes", much);
    cr_assert(much > little + (4096 - 64 - 256) * 1024, "%zu and %zu bytes", little, much);
}

Test(stream, one_message_may_always_wait) {
    cr_assert_gt(sent_unread(1, 60000), 60000);
}

/* Of one MiB for all nobody gets more than he leaves to the others, and who reads is served while they have the rest. */
Test(stream, those_who_do_not_read_leave_room_for_those_who_do) {
    enum { DEAF = 3, LENGTH = 6000, MOST = 64 << 20 };
    struct stream_limits limits = usual;
    struct endpoint targets[DEAF];
    uint64_t numbers[DEAF];
    int servers[DEAF], small = 4096;
    static char bytes[600 * 1024];
    limits.unread = 65536;
    limits.unread_all = 1;
    begin(&limits);
    int reader = connect_to(&listener);
    say(reader, MESSAGE);
    run_until_messages(1);
    const struct sip_flow to_reader = {.local = listener, .remote = seen.source, .connection = seen.connection};
    memset(bytes, 'x', sizeof bytes);
    for (unsigned i = 0; i < DEAF; i++) {
        servers[i] = listen_somewhere(&targets[i], 10);
        setsockopt(servers[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        numbers[i] = send_to(&targets[i], 0);
        run_turns(1);
    }
    for (size_t sent = 0; sent < MOST && seen.lost < DEAF; sent += LENGTH) {
        const struct sip_flow flow = {.local = listener, .remote = targets[sent / LENGTH % DEAF]};
        if (streams_remote(streams, numbers[sent / LENGTH % DEAF]))
            streams_send(streams, &flow, (struct slice){bytes, LENGTH});
        say(reader, "\r\n\r\n");
        run_turns(1);
        cr_assert_str_eq(hear(reader), "\r\n");
    }
    cr_assert_eq(seen.lost, DEAF);
    cr_assert_eq(streams_counts(streams).unread, DEAF);
    streams_send(streams, &to_reader, (struct slice){bytes, sizeof bytes}); /* what they had is free again */
    on_turn(NULL);
    cr_assert_eq(seen.lost, DEAF);
    for (unsigned i = 0; i < DEAF; i++)
        close(servers[i]);
    close(reader);
    finish();
}

/* Who waits to be accepted must not keep the loop awake, and those that are connected go on. */
Test(stream, without_a_free_descriptor_nobody_is_accepted_and_nothing_spins) {
    begin(&usual);
    int fd = connect_to(&listener);
    say(fd, MESSAGE);
    run_until_messages(1);
    int waiting = connect_to(&listener), lowest = dup(fd);
    struct rlimit limit, low;
    getrlimit(RLIMIT_NOFILE, &limit);
    low = (struct rlimit){(rlim_t)lowest, limit.rlim_max};
    close(lowest);
    int taken = dup(fd); /* the last one below the limit */
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
    uint64_t start = loop_now();
    unsigned turns = seen.turns;
    say(fd, MESSAGE);
    run_until_messages(2);
    run_turns(6); /* a try every 100 ms */
    cr_assert_geq(loop_now() - start, 200);
    cr_assert_lt(seen.turns - turns, 20);
    cr_assert_geq(streams_counts(streams).refused, 1);
    setrlimit(RLIMIT_NOFILE, &limit);
    close(taken);
    say(waiting, MESSAGE);
    run_until_messages(3);
    finish();
}
