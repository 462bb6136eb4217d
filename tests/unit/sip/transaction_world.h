/* SPDX-License-Identifier: MIT */
/* A world for transactions: virtual time, and a diary of everything that leaves and everything that is told, a line
 * each:
 *
 *   500 > INVITE            a request leaves at 500 ms (a response: its code)
 *   500 < INVITE            it is taken back, before its connection was open
 *   600 a: response 180     an event for the transaction whose user is "a"
 *
 * diary_is() compares all that was noted since it was last asked. */
#ifndef FOV_TESTS_UNIT_SIP_TRANSACTION_WORLD_H
#define FOV_TESTS_UNIT_SIP_TRANSACTION_WORLD_H

#include "grammar/causes.h"
#include "runtime/sip/transaction_client.h"
#include "runtime/sip/transaction_layer.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct timers *timers;
static struct transactions *layer;
static uint64_t now;
static const struct transaction_settings usual = {.t1 = 500, .t2 = 4000, .t4 = 5000};

static char diary[1 << 16];
static size_t diary_length;

/* The datagram that left last. */
static struct {
    struct endpoint local, remote;
    uint64_t connection; /* that was asked for */
    char bytes[4096];
    size_t length;
} last_sent;

/* The connection that a message takes which has none, or this one that is no more. 0: there is no memory for it. */
static uint64_t opens = 1, gone;

/* Its messages wait until it is open, and can be taken back. */
static bool waits;

/* The other way for a request whose connection is lost; NULL: there is none. */
static const struct client_request *other_way;

/* Called at the end of each event, when set. */
static void (*then)(struct client_transaction *client, unsigned status);

static void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void note(const char *format, ...) {
    va_list args;
    diary_length += (size_t)snprintf(diary + diary_length, sizeof diary - diary_length, "%" PRIu64 " ", now);
    va_start(args, format);
    diary_length += (size_t)vsnprintf(diary + diary_length, sizeof diary - diary_length, format, args);
    va_end(args);
    cr_assert_lt(diary_length + 1, sizeof diary);
    diary[diary_length++] = '\n';
    diary[diary_length] = '\0';
}

static void assert_diary(const char *expected, const char *file, int line) {
    cr_assert_str_eq(diary, expected, "%s:%d: the diary says\n%sinstead of\n%s", file, line, diary, expected);
    diary_length = 0;
    diary[0] = '\0';
}

#define diary_is(expected) assert_diary(expected, __FILE__, __LINE__)

static uint64_t world_send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context;
    last_sent.local = flow->local;
    last_sent.remote = flow->remote;
    last_sent.connection = flow->connection;
    last_sent.length = bytes.len < sizeof last_sent.bytes ? bytes.len : sizeof last_sent.bytes - 1;
    memcpy(last_sent.bytes, bytes.at, last_sent.length);
    last_sent.bytes[last_sent.length] = '\0';
    if (slice_starts(bytes, SLICE("SIP/2.0 ")))
        note("> %.3s", bytes.at + 8);
    else
        note("> %.*s", (int)slice_find(bytes, 0, ' '), bytes.at);
    if (flow->remote.transport == TRANSPORT_UDP)
        return 0;
    return flow->connection && flow->connection != gone ? flow->connection : opens;
}

static bool world_withdraw(void *context, uint64_t connection, struct slice bytes) {
    (void)context;
    cr_assert_gt(connection, 0);
    bool found = waits && bytes.len == last_sent.length && memcmp(bytes.at, last_sent.bytes, bytes.len) == 0;
    if (found)
        note("< %.*s", (int)slice_find(bytes, 0, ' '), bytes.at);
    return found;
}

static void tell_response(struct client_transaction *client, const struct sip_message *message,
                          const struct endpoint *source, uint64_t at) {
    (void)source;
    cr_assert_eq(at, now);
    note("%s: response %u", (const char *)client_user(client), message->status);
    if (then)
        then(client, message->status);
}

static void tell_timeout(struct client_transaction *client, uint64_t at) {
    cr_assert_eq(at, now);
    note("%s: timeout", (const char *)client_user(client));
    if (then)
        then(client, 0);
}

static bool tell_reroute(struct client_transaction *client, enum cause cause, struct client_request *request) {
    if (!other_way)
        return false;
    note("%s: reroute %s", (const char *)client_user(client), causes[cause]);
    *request = *other_way;
    return true;
}

static void tell_failed(struct client_transaction *client, enum cause cause, uint64_t at) {
    cr_assert_eq(at, now);
    note("%s: failed %s", (const char *)client_user(client), causes[cause]);
    if (then)
        then(client, 0);
}

static void tell_unacknowledged(struct server_transaction *server, uint64_t at) {
    cr_assert_eq(at, now);
    note("%s: unacknowledged", (const char *)server_user(server));
}

static void tell_client_ended(struct client_transaction *client) {
    note("%s: ended", (const char *)client_user(client));
}

static void tell_server_ended(struct server_transaction *server) {
    note("%s: ended", (const char *)server_user(server));
}

static struct transactions *new_layer(const struct transaction_settings *settings) {
    static const struct transactions_world world = {.send = world_send, .withdraw = world_withdraw};
    static const struct transaction_events events = {tell_response,    tell_timeout,        tell_reroute,
                                                     tell_failed,      tell_unacknowledged, tell_client_ended,
                                                     tell_server_ended};
    static const struct hash_key key = {{42}};
    return transactions_new(settings, &key, timers, &world, &events);
}

static void begin_with(const struct transaction_settings *settings) {
    timers = timers_new();
    layer = new_layer(settings);
    cr_assert_not_null(layer);
}

static void begin(void) {
    begin_with(&usual);
}

/* Everything has ended, and nothing is left. */
static void finish(void) {
    diary_is("");
    cr_assert_eq(transactions_count(layer), 0);
    cr_assert_eq(transactions_pending(layer), 0);
    cr_assert_eq(timers_due(timers), UINT64_MAX);
    transactions_free(layer);
    timers_free(timers);
}

/* Time passes up to `time`, timers firing on the way. */
static void until(uint64_t time) {
    while (timers_due(timers) <= time) {
        now = timers_due(timers) > now ? timers_due(timers) : now;
        timers_run(timers, now);
    }
    now = time;
}

static struct endpoint endpoint_at(const char *ip, uint16_t port, enum transport transport) {
    struct endpoint endpoint = {.port = port, .transport = (uint8_t)transport};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)), "%s", ip);
    return endpoint;
}

#define LOCAL  endpoint_at("192.0.2.1", 5060, TRANSPORT_UDP)
#define CALLER endpoint_at("192.0.2.9", 5070, TRANSPORT_UDP)
#define TARGET endpoint_at("192.0.2.100", 5060, TRANSPORT_UDP)

/* The texts of the last few stay valid. */
static const struct sip_message *scanned(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const struct sip_message *scanned(const char *format, ...) {
    static struct scanned {
        struct sip_message message;
        char text[8192];
    } ring[8];
    static unsigned turn;
    struct scanned *one = &ring[turn++ % 8];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(one->text, sizeof one->text, format, args);
    va_end(args);
    cr_assert(length > 0 && (size_t)length < sizeof one->text);
    struct scan_result result = scan_message(&one->message, one->text, (size_t)length);
    cr_assert_eq(result.verdict, SCAN_OK, "%s:\n%s", result.reason ? result.reason : "", one->text);
    return &one->message;
}

#endif
