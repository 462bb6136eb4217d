/* SPDX-License-Identifier: MIT */
/* A proxy with a plan, a world that notes what leaves, a caller and targets that answer: for tests
 * that want more calls, or fewer words, than a story has. */
#ifndef FOV_TESTS_UNIT_PROXY_SUPPORT_CALLS_H
#define FOV_TESTS_UNIT_PROXY_SUPPORT_CALLS_H

#include "grammar/words.h"
#include "runtime/proxy/proxy.h"

#include "runtime/plan/verify.h"
#include "runtime/proxy/counters.h"

#include "tests/unit/plan/support/assemble.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { START = 1000000, TEXT_MAX = 66000, ATTEMPTS_MAX = 24, QUESTIONS_MAX = 16 };

/* What the world has seen. */
static struct {
    uint64_t now;
    struct seen_invite { /* one for each attempt; repetitions are not counted */
        struct endpoint remote;
        char text[TEXT_MAX];
    } invites[ATTEMPTS_MAX];
    unsigned attempts, finals, records, final; /* final: code of the first one, 0 for none */
    char response[TEXT_MAX];                   /* that final */
    bool closed;                               /* no attempt may start any more */
    struct {
        uint32_t id;
        enum dns_type type;
    } questions[QUESTIONS_MAX]; /* that name servers have not answered */
    unsigned asked;
} seen;

static struct endpoint place(const char *ip) {
    struct endpoint endpoint = {.port = 5060};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

static void note_invite(const struct endpoint *remote, struct slice bytes) {
    for (unsigned i = 0; i < seen.attempts; i++)
        if (slice_equal(slice_of(seen.invites[i].text), bytes))
            return;
    cr_assert_not(seen.closed, "an attempt starts after the caller gave up or got an answer");
    cr_assert_lt(seen.attempts, (unsigned)ATTEMPTS_MAX);
    struct seen_invite *invite = &seen.invites[seen.attempts++];
    invite->remote = *remote;
    memcpy(invite->text, bytes.at, bytes.len);
    invite->text[bytes.len] = '\0';
}

/* RFC 3261 16.7: nothing but a 2xx after a final, and a final of 300 and more only once. */
static void note_response(struct slice bytes) {
    unsigned code = (unsigned)atoi(bytes.at + 8);
    bool invite = false;
    for (size_t i = 0; i + 15 < bytes.len; i++)
        invite |= memcmp(bytes.at + i, "\r\nCSeq: 1 INVIT", 15) == 0;
    if (!invite)
        return;
    bool again = seen.final && slice_equal(slice_of(seen.response), bytes);
    cr_assert(!seen.final || again || code / 100 == 2, "%u after %u", code, seen.final);
    if (code < 200)
        return;
    seen.finals++;
    seen.closed = true;
    if (seen.final)
        return;
    seen.final = code;
    memcpy(seen.response, bytes.at, bytes.len);
    seen.response[bytes.len] = '\0';
}

static uint64_t send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context;
    cr_assert_lt(bytes.len, TEXT_MAX);
    if (slice_starts(bytes, SLICE("SIP/2.0 ")))
        note_response(bytes);
    else if (slice_starts(bytes, SLICE("INVITE ")))
        note_invite(&flow->remote, bytes);
    return 0;
}

static enum cause find_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                             struct world_route *route) {
    (void)context, (void)wanted;
    if (remote->transport != TRANSPORT_UDP)
        return CAUSE_TRANSPORT_UNSUPPORTED;
    *route = (struct world_route){.local = place("203.0.113.1"), .host = "203.0.113.1", .port = 5060};
    return CAUSE_NONE;
}

static bool local_time(void *context, struct slice zone, int64_t unix_ms, struct local_time *time) {
    (void)context, (void)zone, (void)unix_ms;
    *time = (struct local_time){2026, 1, 1, 0, 0, 0, 4};
    return true;
}

static bool ask(void *context, uint32_t id, struct slice name, enum dns_type type) {
    (void)context, (void)name;
    cr_assert_lt(seen.asked, (unsigned)QUESTIONS_MAX);
    seen.questions[seen.asked].id = id;
    seen.questions[seen.asked++].type = type;
    return true;
}

static void log_nothing(void *context, enum log_level level, struct slice line) {
    (void)context, (void)level, (void)line;
}

static void count_record(void *context, struct slice line) {
    (void)context;
    cr_expect(line.len > 2 && line.at[0] == '{' && line.at[line.len - 1] == '}');
    seen.records++;
}

static const struct world world = {.send = send,
                                   .route = find_route,
                                   .local_time = local_time,
                                   .log = log_nothing,
                                   .record = count_record,
                                   .ask = ask};

/* To = sip:100@192.0.2.101, Subject = changed, X-New = 1, $log = noted, two alternates, any final
 * leads on. */
static uint8_t *make_image(struct image *image) {
    struct assembly a = {0};
    struct image_refusal refusal;
    size_t length;
    rule(&a, 0, 0, "");
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:100@192.0.2.101"));
    op(&a, OP_SET_TO, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "changed"));
    op(&a, OP_SET_HEADER, name(&a, "Subject", 0), 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "1"));
    op(&a, OP_SET_HEADER, name(&a, "X-New", 0), 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "noted"));
    op(&a, OP_SET, VARIABLE_LOG, 0, 0);
    uint32_t any = pattern(&a, ".", 0, 0);
    rx(&a, RX_ANY, 0, 0, 0);
    rx(&a, RX_MATCH, 0, 0, 0);
    op(&a, OP_FAILOVER_PATTERN, FAILOVER_PATTERN_RESPONSE, 0, any);
    op(&a, OP_FAILOVER, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:101@192.0.2.102"));
    op(&a, OP_ALTERNATE, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:102@192.0.2.103"));
    op(&a, OP_ALTERNATE, 0, 0, 0);
    op(&a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = assemble(&a, &length);
    cr_assert_eq(verify_image(image, bytes, length, &refusal), 0, "%s", refusal.reason);
    return bytes;
}

static void receive(struct proxy *proxy, const struct endpoint *source, const char *bytes) {
    const struct packet packet = {.source = *source,
                                  .local = place("203.0.113.1"),
                                  .bytes = slice_of(bytes),
                                  .now = seen.now,
                                  .unix_ms = 1767225600000};
    proxy_receive(proxy, &packet);
}

static void from_caller(struct proxy *proxy, const char *method, unsigned branch, const char *more) {
    char bytes[2048];
    struct endpoint caller = place("198.51.100.1");
    snprintf(bytes, sizeof bytes,
             "%s sip:100@fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK-%u\r\n"
             "From: <sip:caller@198.51.100.1>;tag=c\r\nTo: <sip:100@fov.example>\r\nCall-ID: "
             "story\r\nCSeq: 1 %s\r\n"
             "Max-Forwards: 70\r\n%sContent-Length: 0\r\n\r\n",
             method, branch, method, more);
    receive(proxy, &caller, bytes);
}

/* A target answers its INVITE. */
static void answer(struct proxy *proxy, unsigned attempt, const char *status, const char *more) {
    static char bytes[2 * TEXT_MAX];
    if (attempt >= seen.attempts)
        return;
    const struct seen_invite *invite = &seen.invites[attempt];
    const char *lines = strchr(invite->text, '\n'), *to = strstr(invite->text, "\r\nTo:");
    const char *to_end = to ? strchr(to + 2, '\r') : NULL;
    cr_assert(lines && to_end);
    snprintf(bytes, sizeof bytes, "SIP/2.0 %s%.*s;tag=t%u\r\n%s%s", status, (int)(to_end - lines + 1), lines - 1,
             attempt, more, to_end + 2);
    receive(proxy, &invite->remote, bytes);
}

static inline void answer_newest(struct proxy *proxy, const char *status, const char *more) {
    answer(proxy, seen.attempts - 1, status, more);
}

static void pass(struct proxy *proxy, uint64_t until) {
    while (proxy_due(proxy) <= until) {
        seen.now = proxy_due(proxy) > seen.now ? proxy_due(proxy) : seen.now;
        proxy_tick(proxy, seen.now, 1767225600000);
    }
    seen.now = until;
}

static struct proxy *new_proxy(const struct image *image) {
    static struct endpoint listener;
    static struct proxy_settings settings;
    static const struct proxy_seed seed = {{{1}}, {{2}}, {{3}}};
    listener = place("203.0.113.1");
    settings = (struct proxy_settings){.timers = {500, 4000, 5000},
                                       .timer_c = 181000,
                                       .failover = true,
                                       .record_route = true,
                                       .log_level = LOG_DEBUG,
                                       .listeners = &listener,
                                       .listener_count = 1,
                                       .addresses = &listener.ip,
                                       .address_count = 1,
                                       .realm = SLICE("fov"),
                                       .auth = AUTH_INVITE}; /* for tests that load a user */
    memset(&seen, 0, sizeof seen);
    seen.now = START;
    struct proxy *proxy = proxy_new(&settings, &seed, image, &world);
    cr_assert_not_null(proxy);
    return proxy;
}

#endif
