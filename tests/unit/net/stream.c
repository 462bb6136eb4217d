/* SPDX-License-Identifier: MIT */
/* Streams that others open, and limits. */
#include "tests/unit/net/support/streams.h"

#include <sys/resource.h>

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

/* Two of five may lead anywhere, and then one to each address. */
Test(stream, who_has_us_connect_to_all_his_ports_keeps_nobody_out) {
    begin(&(const struct stream_limits){5, 1, 3000, 10000, 10000, 1024, 256});
    struct endpoint targets[3];
    int servers[3];
    for (unsigned i = 0; i < 3; i++) {
        servers[i] = listen_somewhere(&targets[i], 10);
        cr_assert_gt(send_to(&targets[i], 0), 0);
    }
    cr_assert(seen.lost == 1 && seen.cause == CAUSE_LOCAL_LIMIT);
    cr_assert_eq(streams_counts(streams).refused, 1);
    cr_assert_eq(streams_counts(streams).opened, 2);
    int fd = connect_to(&listener);
    say(fd, MESSAGE);
    run_until_messages(1);
    close(accept(servers[0], NULL, NULL));
    run_until_lost(2);
    cr_assert_eq(seen.cause, CAUSE_RESET);
    send_to(&targets[2], 0); /* there is room again */
    cr_assert_eq(streams_counts(streams).opened, 3);
    for (unsigned i = 0; i < 3; i++)
        close(servers[i]);
    close(fd);
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

/* Of one MiB for all nobody gets more than he leaves to the others, and who reads is served while they have the
 * rest. */
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
