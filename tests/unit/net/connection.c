/* SPDX-License-Identifier: MIT */
/* Connections over TLS: one set of streams with itself, over real sockets of the loopback. */
#include "runtime/net/connection.h"

#include "runtime/net/sockaddr.h"
#include "runtime/net/stream_set.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE "OPTIONS sip:a SIP/2.0\r\nl: 0\r\n\r\n"

static char directory[] = "/tmp/fov-connection-XXXXXX", file[64], authority[64];
static const char *const files[] = {file};
static struct log logged;
static struct loop *loop;
static struct streams *streams;
static struct tls *tls;
static struct endpoint listener;
static struct {
    unsigned messages, lost;
    uint64_t connection, lost_connection; /* the message's, as its receiver counts */
    size_t bytes;
    enum cause cause;
    char reason[128];
} seen;
static unsigned wanted_messages, wanted_lost;

static void on_message(void *context, const struct stream_message *message) {
    (void)context;
    seen.messages++;
    seen.connection = message->connection;
    seen.bytes = message->bytes.len;
}

/* The far end of what was broken off is lost as well, later. */
static void on_lost(void *context, const struct stream_loss *loss) {
    (void)context;
    if (!loss->opened)
        return;
    seen.lost++;
    seen.lost_connection = loss->connection;
    seen.cause = loss->cause;
    snprintf(seen.reason, sizeof seen.reason, "%s", loss->reason);
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
    if (seen.messages >= wanted_messages && seen.lost >= wanted_lost)
        loop_stop(loop);
    return false;
}

static void on_time(void *context) {
    streams_tick(streams);
    on_turn(context);
}

static void run_until(unsigned messages, unsigned lost) {
    wanted_messages = messages;
    wanted_lost = lost;
    loop_time(loop, on_time, NULL);
    loop_due(loop, 0);
    loop_run(loop);
    cr_assert_eq(seen.messages, messages);
    cr_assert_eq(seen.lost, lost);
}

static struct endpoint place(enum transport transport) {
    struct endpoint endpoint = {.transport = (uint8_t)transport};
    cr_assert(ip_parse(&endpoint.ip, SLICE("127.0.0.1")));
    return endpoint;
}

static void begin(void) {
    static const struct hash_key key = {{1, 2, 3, 4}};
    static const struct stream_limits limits = {.connections = 100,
                                                .per_source = 50,
                                                .connect = 300,
                                                .message = 10000,
                                                .idle = 10000,
                                                .unread = 1024,
                                                .unread_all = 256};
    const struct stream_events events = {
        .received = on_message, .lost = on_lost, .returned = on_returned, .turn = on_turn};
    const struct endpoint any = place(TRANSPORT_TLS);
    const struct tls_settings settings = {.certificates = files,
                                          .keys = files,
                                          .certificate_count = 1,
                                          .authorities = authority,
                                          .verify = true,
                                          .verify_client = TLS_CLIENTS_OPTIONAL};
    char command[256], reason[256];
    alarm(60);
    signal(SIGPIPE, SIG_IGN);
    cr_assert(mkdtemp(directory));
    snprintf(command, sizeof command, "tools/certificate.sh %s own DNS:a.example,DNS:b.example", directory);
    snprintf(file, sizeof file, "%s/own.pem", directory);
    snprintf(authority, sizeof authority, "%s/ca.pem", directory);
    cr_assert_eq(system(command), 0);
    log_open(&logged, STDERR_FILENO, LOG_ERROR);
    cr_assert_eq(tls_open(&tls, &settings, &logged, reason, sizeof reason), 0, "%s", reason);
    loop = loop_new();
    streams = streams_new(loop, &limits, &key, &events);
    cr_assert(loop && streams);
    streams_secure(streams, tls);
    cr_assert_eq(streams_listen(streams, &any, &listener), 0);
    cr_assert(listener.port && listener.transport == TRANSPORT_TLS);
}

static void finish(void) {
    char command[128];
    streams_free(streams);
    loop_free(loop);
    tls_free(tls);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    cr_assert_eq(system(command), 0);
}

TestSuite(connection, .init = begin, .fini = finish);

static uint64_t send_to(const struct endpoint *remote, const char *name, struct slice bytes) {
    const struct sip_flow flow = {.local = listener, .remote = *remote, .name = slice_of(name)};
    return streams_send(streams, &flow, bytes);
}

Test(connection, what_was_queued_before_the_handshake_leaves_behind_it) {
    char *bytes = calloc(1, 200001);
    struct slice length = SLICE("OPTIONS sip:a SIP/2.0\r\nl: 60000\r\n\r\n");
    memset(bytes, 'x', 60000 + length.len);
    memcpy(bytes, length.at, length.len);
    uint64_t first = send_to(&listener, "a.example", SLICE(MESSAGE));
    for (unsigned i = 0; i < 10; i++) /* more than the socket takes at once */
        cr_assert_eq(send_to(&listener, "a.example", (struct slice){bytes, 60000 + length.len}), first);
    run_until(11, 0);
    cr_assert_eq(seen.bytes, 60000 + length.len);
    cr_assert_neq(seen.connection, first);
    const struct sip_flow back = {.local = listener, .remote = listener, .connection = seen.connection};
    cr_assert_eq(streams_send(streams, &back, SLICE("SIP/2.0 200 OK\r\nl: 0\r\n\r\n")), seen.connection);
    run_until(12, 0);
    cr_assert_eq(seen.connection, first);
    free(bytes);
}

Test(connection, one_is_taken_for_the_names_of_its_certificate_and_no_other) {
    uint64_t first = send_to(&listener, "a.example", SLICE(MESSAGE));
    uint64_t other = send_to(&listener, "b.example", SLICE(MESSAGE)); /* nobody knows yet who is there */
    cr_assert_neq(first, other);
    run_until(2, 0);
    uint64_t again = send_to(&listener, "A.example", SLICE(MESSAGE));
    cr_assert(again == first || again == other);
    uint64_t stranger = send_to(&listener, "c.example", SLICE(MESSAGE));
    cr_assert(stranger != first && stranger != other);
    run_until(3, 1);
    cr_assert_eq(seen.lost_connection, stranger);
    cr_assert_eq(seen.cause, CAUSE_TLS_IDENTITY);
    cr_assert_str_eq(seen.reason, "the certificate is not for c.example, but for a.example, b.example");
}

Test(connection, a_websocket_over_tls_is_no_other) {
    static char bytes[60000] = MESSAGE;
    const struct endpoint any = place(TRANSPORT_WSS);
    cr_assert_eq(streams_listen(streams, &any, &listener), 0);
    uint64_t first = send_to(&listener, "a.example", SLICE(MESSAGE));
    for (unsigned i = 0; i < 10; i++) /* more than the socket takes at once */
        cr_assert_eq(send_to(&listener, "a.example", (struct slice){bytes, sizeof bytes}), first);
    run_until(11, 0);
    cr_assert_eq(seen.bytes, sizeof bytes);
    cr_assert_eq(send_to(&listener, "b.example", SLICE(MESSAGE)), first);
    run_until(12, 0);
    uint64_t stranger = send_to(&listener, "c.example", SLICE(MESSAGE));
    run_until(12, 1);
    cr_assert_eq(seen.lost_connection, stranger);
    cr_assert_eq(seen.cause, CAUSE_TLS_IDENTITY);
}

Test(connection, one_that_came_stands_for_the_place_that_its_peer_names_and_has_a_certificate_for) {
    struct endpoint place = listener;
    send_to(&listener, "a.example", SLICE(MESSAGE));
    run_until(1, 0);
    uint64_t came = seen.connection;
    place.port = 7;
    streams_alias(streams, came, place.port);
    cr_assert_eq(send_to(&place, "b.example", SLICE(MESSAGE)), came);
    run_until(2, 0);
    uint64_t stranger = send_to(&place, "c.example", SLICE(MESSAGE));
    cr_assert_neq(stranger, came);
    run_until(2, 1);
    cr_assert_eq(seen.lost_connection, stranger);
    cr_assert_eq(seen.cause, CAUSE_REFUSED);
    streams_alias(streams, stranger, 9); /* it is no more */
}

/* Somebody who is no TLS. */
static int listen_in_clear(struct endpoint *at) {
    struct sockaddr_storage name;
    const struct endpoint any = place(TRANSPORT_TLS);
    socklen_t length = sockaddr_from(&name, &any);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert(bind(fd, (struct sockaddr *)&name, length) == 0 && listen(fd, 8) == 0 &&
              getsockname(fd, (struct sockaddr *)&name, &length) == 0);
    cr_assert(sockaddr_endpoint(at, (struct sockaddr *)&name));
    at->transport = TRANSPORT_TLS;
    return fd;
}

Test(connection, the_handshake_is_part_of_the_time_to_connect) {
    struct endpoint silent;
    int fd = listen_in_clear(&silent);
    uint64_t start = loop_now(), number = send_to(&silent, "a.example", SLICE(MESSAGE));
    run_until(0, 1);
    cr_assert_eq(seen.lost_connection, number);
    cr_assert_eq(seen.cause, CAUSE_CONNECT_TIMEOUT);
    cr_assert_geq(loop_now() - start, 300);
    cr_assert_lt(loop_now() - start, 3000);
    close(fd);
}

Test(connection, what_is_no_tls_is_a_failed_handshake_at_once) {
    struct endpoint garbling;
    int fd = listen_in_clear(&garbling), peer;
    uint64_t number = send_to(&garbling, "a.example", SLICE(MESSAGE));
    peer = accept(fd, NULL, NULL);
    cr_assert_eq(write(peer, "SIP/2.0 400 Bad Request\r\n\r\n", 27), 27);
    run_until(0, 1);
    cr_assert_eq(seen.lost_connection, number);
    cr_assert_eq(seen.cause, CAUSE_TLS_HANDSHAKE);
    cr_assert_str_eq(seen.reason, "wrong version number");
    close(peer);
    close(fd);
}

Test(connection, one_that_is_closed_in_the_handshake_has_failed_in_it) {
    struct endpoint rude;
    int fd = listen_in_clear(&rude);
    send_to(&rude, "a.example", SLICE(MESSAGE));
    close(accept(fd, NULL, NULL));
    run_until(0, 1);
    cr_assert_eq(seen.cause, CAUSE_TLS_HANDSHAKE);
    close(fd);
}

/* How many wait for a step of their handshake, now and at most so far. */
static unsigned waiting, most;

static void count_waiting(void) {
    waiting = 0;
    for (const struct connection *one = streams->connections; one; one = one->next)
        waiting += one->queued;
    most = waiting > most ? waiting : most;
}

static void on_counted_time(void *context) {
    count_waiting();
    unsigned before = waiting;
    streams_tick(streams);
    count_waiting();
    cr_assert_eq(waiting, before - (before > 0));
    on_turn(context);
    if (most && !waiting)
        loop_stop(loop);
}

Test(connection, many_handshakes_at_once_take_one_step_between_two_turns_of_the_loop) {
    struct sockaddr_storage name;
    socklen_t length = sockaddr_from(&name, &listener);
    int fds[5];
    for (unsigned i = 0; i < 5; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        cr_assert_eq(connect(fds[i], (struct sockaddr *)&name, length), 0);
        cr_assert_eq(write(fds[i], "no TLS", 6), 6);
    }
    loop_time(loop, on_counted_time, NULL);
    wanted_lost = 1; /* nobody here stops it but the end of the queue */
    loop_due(loop, 0);
    loop_run(loop);
    cr_assert_eq(most, 5);
    for (unsigned i = 0; i < 5; i++)
        close(fds[i]);
}
