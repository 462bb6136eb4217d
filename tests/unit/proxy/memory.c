/* SPDX-License-Identifier: MIT */
/* Calls through a proxy that runs out of memory at every single allocation, one after the other. */
#include "runtime/proxy/proxy.h"

#include "runtime/plan/verify.h"
#include "runtime/proxy/counters.h"

#include "tests/unit/plan/support/assemble.h"
#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { START = 1000000, TEXT_MAX = 66000, BODY = 60000 };

/* What the world has seen. */
static struct {
    uint64_t now;
    char request[TEXT_MAX], response[TEXT_MAX]; /* the newest to a target, to the caller */
    unsigned invites, finals, records;
    struct endpoint remote; /* of the newest request */
} seen;

static struct endpoint place(const char *ip) {
    struct endpoint endpoint = {.port = 5060};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

static void send(void *context, const struct endpoint *local, const struct endpoint *remote,
                 struct slice bytes) {
    (void)context, (void)local;
    cr_assert_lt(bytes.len, TEXT_MAX);
    bool response = slice_starts(bytes, SLICE("SIP/2.0 "));
    char *text = response ? seen.response : seen.request;
    if (response) {
        seen.finals += bytes.at[8] >= '2';
    } else if (slice_starts(bytes, SLICE("INVITE "))) {
        seen.invites++;
        seen.remote = *remote;
    } else {
        return;
    }
    memcpy(text, bytes.at, bytes.len);
    text[bytes.len] = '\0';
}

static enum cause find_route(void *context, const struct endpoint *remote,
                             struct world_route *route) {
    (void)context, (void)remote;
    *route =
        (struct world_route){.local = place("203.0.113.1"), .host = "203.0.113.1", .port = 5060};
    return CAUSE_NONE;
}

static bool local_time(void *context, struct slice zone, int64_t unix_ms, struct local_time *time) {
    (void)context, (void)zone, (void)unix_ms;
    *time = (struct local_time){2026, 1, 1, 0, 0, 0, 4};
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

static const struct world world = {NULL, send, find_route, local_time, log_nothing, count_record};

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
    const struct packet packet = {*source, place("203.0.113.1"), slice_of(bytes), seen.now,
                                  1767225600000};
    proxy_receive(proxy, &packet);
}

static void from_caller(struct proxy *proxy, const char *method, unsigned branch,
                        const char *more) {
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

/* Answers the newest INVITE. */
static void answer(struct proxy *proxy, const char *status, const char *more) {
    static char bytes[2 * TEXT_MAX];
    const char *lines = strchr(seen.request, '\n');
    if (!lines)
        return;
    const char *to = strstr(lines, "\r\nTo:"), *to_end = to ? strchr(to + 2, '\r') : NULL;
    cr_assert_not_null(to_end);
    snprintf(bytes, sizeof bytes, "SIP/2.0 %s%.*s;tag=t\r\n%s%s", status, (int)(to_end - lines + 1),
             lines - 1, more, to_end + 2);
    receive(proxy, &seen.remote, bytes);
}

static void pass(struct proxy *proxy, uint64_t until) {
    while (proxy_due(proxy) <= until) {
        seen.now = proxy_due(proxy) > seen.now ? proxy_due(proxy) : seen.now;
        proxy_tick(proxy, seen.now, 1767225600000);
    }
    seen.now = until;
}

/* A redirection to two places, one busy after ringing, one silent; then one asks who is there, and
 * the last answers. */
static void answered_call(struct proxy *proxy) {
    from_caller(proxy, "INVITE", 1, "");
    answer(proxy, "302 Moved", "Contact: <sip:a@192.0.2.7>;q=0.5, <sip:b@192.0.2.8?x=y>;q=0.7\r\n");
    answer(proxy, "180 Ringing", "");
    answer(proxy, "486 Busy", "");
    pass(proxy, seen.now + 11000);
    answer(proxy, "407 Who", "Proxy-Authenticate: Digest realm=\"x\"\r\n");
    answer(proxy, "200 OK", "Contact: <sip:x@192.0.2.103>\r\n");
}

/* Given up while it rings; what the target says to the CANCEL comes too late. */
static void cancelled_call(struct proxy *proxy) {
    from_caller(proxy, "INVITE", 2, "");
    answer(proxy, "180 Ringing", "");
    from_caller(proxy, "CANCEL", 2, "Reason: SIP;cause=600\r\n");
    pass(proxy, seen.now + 3000);
    answer(proxy, "487 Terminated", "");
}

/* Everybody is busy: the best of all goes up. */
static void failed_call(struct proxy *proxy) {
    from_caller(proxy, "INVITE", 3, "Subject: first\r\n");
    answer(proxy, "401 Who", "WWW-Authenticate: Digest realm=\"y\"\r\n");
    answer(proxy, "486 Busy", "");
    answer(proxy, "503 Full", "Retry-After: 5\r\n");
}

/* So long that one event needs more memory than is there from the start. */
static void long_call(struct proxy *proxy) {
    static char bytes[TEXT_MAX];
    struct endpoint caller = place("198.51.100.1");
    snprintf(
        bytes, sizeof bytes,
        "INVITE sip:100@fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK-9\r\n"
        "From: <sip:caller@198.51.100.1>;tag=c\r\nTo: <sip:100@fov.example>\r\nCall-ID: "
        "story\r\nCSeq: 1 INVITE\r\n"
        "Content-Length: %u\r\n\r\n%0*u",
        (unsigned)BODY, (int)BODY, 0u);
    receive(proxy, &caller, bytes);
    answer(proxy, "486 Busy", "");
    answer(proxy, "180 Ringing", "");
    answer(proxy, "200 OK", "");
}

typedef void play(struct proxy *proxy);

/* The number of allocations that the play asks for; they fail from `left` on. */
static long run(play *story, const struct image *image, long left) {
    struct endpoint listener = place("203.0.113.1");
    const struct proxy_settings settings = {.timers = {500, 4000, 5000},
                                            .timer_c = 181000,
                                            .failover = true,
                                            .record_route = true,
                                            .log_level = LOG_DEBUG,
                                            .listeners = &listener,
                                            .listener_count = 1,
                                            .addresses = &listener.ip,
                                            .address_count = 1};
    static const struct proxy_seed seed = {{{1}}, {{2}}, {{3}}};
    memset(&seen, 0, sizeof seen);
    seen.now = START;
    struct proxy *proxy = proxy_new(&settings, &seed, image, &world);
    cr_assert_not_null(proxy);
    allocations_left = left;
    story(proxy);
    long used = left - allocations_left;
    allocations_left = LONG_MAX;
    cr_expect(seen.finals > 0, "no answer with %ld allocations", left);
    pass(proxy, START + 600000);
    cr_expect_eq(proxy_live(proxy), 0, "%u alive with %ld allocations", proxy_live(proxy), left);
    cr_expect_leq(seen.records, 1);
    proxy_free(proxy);
    return used;
}

Test(memory, every_call_is_answered_and_ends_wherever_memory_runs_out) {
    static play *const stories[] = {answered_call, cancelled_call, failed_call, long_call};
    struct image image;
    uint8_t *bytes = make_image(&image);
    for (unsigned i = 0; i < sizeof stories / sizeof *stories; i++) {
        long all = run(stories[i], &image, LONG_MAX);
        cr_assert(all > 5 && all < 1000, "%ld allocations", all);
        cr_expect_eq(seen.records, 1);
        cr_expect(memcmp(seen.response, "SIP/2.0 ", 8) == 0);
        for (long left = 0; left < all; left++)
            run(stories[i], &image, left);
    }
    free(bytes);
}

Test(memory, a_proxy_that_cannot_be_made_is_not_made) {
    static const struct proxy_settings settings = {.timers = {500, 4000, 5000}};
    static const struct proxy_seed seed = {{{1}}, {{2}}, {{3}}};
    struct image image;
    uint8_t *bytes = make_image(&image);
    struct proxy *proxy = NULL;
    for (allocations_left = 0; !proxy && allocations_left < 100;) {
        static long tried;
        allocations_left = tried++;
        proxy = proxy_new(&settings, &seed, &image, &world);
        if (!proxy)
            allocations_left = 0;
    }
    allocations_left = LONG_MAX;
    cr_assert_not_null(proxy);
    proxy_free(proxy);
    free(bytes);
}
