/* SPDX-License-Identifier: MIT */
/* What a call costs while it rings: 10,000 of them, with the published first example. */
#include "runtime/proxy/proxy.h"

#include "runtime/plan/verify.h"

#include "tests/fuzz/proxy_memory.c" /* counts what malloc set aside */
#include "tests/unit/plan/support/assemble.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { CALLS = 10000, BYTES_MAX = 3 * 1024, TEXT_MAX = 2048, FIRST = 1000, PER_MS = 100 };

static char invite[TEXT_MAX]; /* the newest that left */
static unsigned ringing;
static enum transport transport; /* of caller and target */

static struct endpoint place(const char *ip) {
    struct endpoint endpoint = {.port = 5060, .transport = (uint8_t)transport};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

static uint64_t send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context;
    ringing += slice_starts(bytes, SLICE("SIP/2.0 180 "));
    uint64_t connection = flow->remote.transport == TRANSPORT_UDP ? 0 : flow->connection ? flow->connection : 7;
    if (!slice_starts(bytes, SLICE("INVITE ")))
        return connection;
    cr_assert_lt(bytes.len, TEXT_MAX);
    memcpy(invite, bytes.at, bytes.len);
    invite[bytes.len] = '\0';
    return connection;
}

static bool withdraw(void *context, uint64_t connection, struct slice bytes) {
    (void)context, (void)connection, (void)bytes;
    return false;
}

static enum cause find_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                             struct world_route *route) {
    (void)context, (void)remote, (void)wanted;
    *route = (struct world_route){.local = place("192.0.2.1"), .host = "192.0.2.1", .port = 5060};
    return CAUSE_NONE;
}

static void log_nothing(void *context, enum log_level level, struct slice line) {
    (void)context, (void)level, (void)line;
}

static const struct world world = {.send = send, .withdraw = withdraw, .route = find_route, .log = log_nothing};

static uint8_t *make_image(struct image *image, const char *first) {
    struct assembly a = {0};
    struct image_refusal refusal;
    size_t length;
    rule(&a, 0, 0, "");
    op(&a, OP_TEXT, 0, 0, text(&a, first));
    op(&a, OP_SET_TO, 0, 0, 0);
    op(&a, OP_FAILOVER, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:101@192.168.0.101"));
    op(&a, OP_ALTERNATE, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:102@192.168.0.102"));
    op(&a, OP_ALTERNATE, 0, 0, 0);
    op(&a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = assemble(&a, &length);
    cr_assert_eq(verify_image(image, bytes, length, &refusal), 0, "%s", refusal.reason);
    return bytes;
}

static void receive(struct proxy *proxy, const char *source, const char *bytes, unsigned call) {
    const struct packet packet = {.source = place(source),
                                  .local = place("192.0.2.1"),
                                  .connection = transport == TRANSPORT_TCP,
                                  .bytes = slice_of(bytes),
                                  .now = FIRST + call / PER_MS,
                                  .unix_ms = 1767225600000};
    memory_resume();
    proxy_receive(proxy, &packet);
    memory_pause();
}

/* The INVITE that SIPp sends when nobody tells it otherwise. */
static void call(struct proxy *proxy, unsigned number) {
    static const char sdp[] =
        "v=0\r\no=user1 53655765 2353687637 IN IP4 192.0.2.77\r\ns=-\r\nc=IN IP4 192.0.2.77\r\nt=0 0\r\n"
        "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";
    char bytes[TEXT_MAX];
    snprintf(
        bytes, sizeof bytes,
        "INVITE sip:service@192.0.2.1:5060 SIP/2.0\r\nVia: SIP/2.0/%s 192.0.2.77:5060;branch=z9hG4bK-7011-%u-0\r\n"
        "From: sipp <sip:sipp@192.0.2.77:5060>;tag=7011SIPpTag00%u\r\nTo: service <sip:service@192.0.2.1:5060>\r\n"
        "Call-ID: %u-7011@192.0.2.77\r\nCSeq: 1 INVITE\r\nContact: sip:sipp@192.0.2.77:5060\r\nMax-Forwards: 70\r\n"
        "Subject: Performance Test\r\nContent-Type: application/sdp\r\nContent-Length:   %zu\r\n\r\n%s",
        transports[transport].name, number, number, number, sizeof sdp - 1, sdp);
    receive(proxy, "192.0.2.77", bytes, number);
}

static void ring(struct proxy *proxy, unsigned number) {
    char bytes[TEXT_MAX];
    size_t length = (size_t)snprintf(bytes, sizeof bytes, "SIP/2.0 180 Ringing\r\n");
    static const char *const copied[] = {"Via:", "From:", "To:", "Call-ID:", "CSeq:", "Record-Route:"};
    for (const char *line = strchr(invite, '\n') + 1, *end; *line != '\r'; line = end + 1) {
        end = strchr(line, '\n');
        for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
            if (strncmp(line, copied[i], strlen(copied[i])) == 0)
                length += (size_t)snprintf(bytes + length, sizeof bytes - length, "%.*s%s\r\n", (int)(end - line - 1),
                                           line, copied[i][0] == 'T' ? ";tag=7011SIPpTag01" : "");
    }
    snprintf(bytes + length, sizeof bytes - length, "Contact: <sip:192.168.0.100:5060>\r\nContent-Length: 0\r\n\r\n");
    receive(proxy, "192.168.0.100", bytes, number);
}

/* The user "bob" is registered from behind a NAT. */
static void load_contact(struct proxy *proxy) {
    const struct store_row row = {.kind = STORE_BINDING,
                                  .binding = {.user = SLICE("bob"),
                                              .contact = SLICE("sip:bob@192.168.0.100:5060;ob"),
                                              .call_id = SLICE("1"),
                                              .path = SLICE_EMPTY,
                                              .expires = 1767225600000 + 3600 * 1000,
                                              .received = place("192.168.0.100"),
                                              .local = place("192.0.2.1"),
                                              .nat = true}};
    proxy_load(proxy, &row, FIRST, 1767225600000);
}

static void rings(const char *first) {
    struct image image;
    uint8_t *bytes = make_image(&image, first);
    const struct endpoint listener = place("192.0.2.1");
    const struct proxy_settings settings = {.timers = {500, 4000, 5000},
                                            .timer_c = 181000,
                                            .failover = true,
                                            .hold_down = 30000,
                                            .record_route = true,
                                            .listeners = &listener,
                                            .listener_count = 1,
                                            .addresses = &listener.ip,
                                            .address_count = 1};
    static const struct proxy_seed seed = {{{1}}, {{2}}, {{3}}};
    memory_resume();
    struct proxy *proxy = proxy_new(&settings, &seed, &image, &world);
    memory_pause();
    cr_assert_not_null(proxy);
    ringing = 0;
    memory_resume();
    load_contact(proxy);
    memory_pause();
    size_t before = memory_bytes();
    for (unsigned number = 0; number < CALLS; number++) {
        call(proxy, number);
        ring(proxy, number);
    }
    size_t each = (memory_bytes() - before) / CALLS;
    cr_expect_eq(ringing, CALLS);
    cr_expect_lt(each, BYTES_MAX, "%zu bytes for each call", each);
    cr_log_info("%zu bytes for each call to %s", each, first);
    memory_resume();
    proxy_free(proxy);
    memory_pause();
    cr_expect_eq(memory_live(), 0);
    free(bytes);
}

Test(pending, a_call_that_rings_costs_less_than_3_kb) {
    rings("sip:100@192.168.0.100");
}

Test(pending, nor_does_one_over_tcp) {
    transport = TRANSPORT_TCP;
    rings("sip:100@192.168.0.100;transport=tcp");
}

/* The contact is the call's own from then on: it may be gone from the tables when the phone is picked up. */
Test(pending, a_call_that_rings_at_a_registered_phone_costs_less_than_3_kb_too) {
    rings("sip:bob@");
}
