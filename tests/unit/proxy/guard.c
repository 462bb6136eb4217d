/* SPDX-License-Identifier: MIT */
/* Whom a plan's destinations keep off the block list, and what the store hears of it. */
#include "runtime/proxy/guard.h"

#include "runtime/proxy/exempt.h"
#include "runtime/state/block.h"

#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/assemble.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { START = 1000000 };
static const int64_t unix_start = 1767225600000;

static struct endpoint place(const char *ip) {
    struct endpoint endpoint = {.port = 5060};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)), "%s", ip);
    return endpoint;
}

static uint8_t *finish(struct assembly *a, struct image *image) {
    struct image_refusal refusal;
    size_t length;
    op(a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = assemble(a, &length);
    cr_assert_eq(verify_image(image, bytes, length, &refusal), 0, "%s", refusal.reason);
    return bytes;
}

static bool names(const struct exempt *exempt, const char *ip) {
    const struct endpoint endpoint = place(ip);
    return exempt_names(exempt, &endpoint.ip);
}

Test(exempt, addresses_stand_in_destinations_in_many_ways) {
    static const struct {
        const char *value, *named, *other; /* other: looks like one, but is none */
    } cases[] = {
        {"192.0.2.1", "192.0.2.1", NULL},
        {"192.0.2.1:5070", "192.0.2.1", NULL},
        {"sip:192.0.2.1", "192.0.2.1", NULL},
        {"sips:100@192.0.2.1:5061;transport=tcp", "192.0.2.1", NULL},
        {"\"A\" <sip:100@192.0.2.1>;x=y", "192.0.2.1", NULL},
        {"SIP:100@[2001:db8::1]:5070", "2001:db8::1", NULL},
        {"[2001:db8::1]", "2001:db8::1", NULL},
        {"2001:db8::1", "2001:db8::1", NULL},
        {"sip:a@example.com;maddr=192.0.2.1;lr", "192.0.2.1", NULL},
        {"sip:a@192.0.2.1.example.com", NULL, "192.0.2.1"},
        {"sip:192.0.2.1x@example.com", NULL, "192.0.2.1"},
        {"sip:a@host192.0.2.1", NULL, "192.0.2.1"},
        {"sip:a@192.0.2.1.5", NULL, "192.0.2.1"},
        {"sip:a@[2001:db8::1", NULL, "2001:db8::1"},
        {"sip:user@", NULL, NULL},
        {"", NULL, NULL},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned way = 0; way < 3; way++) {
            struct assembly a = {0};
            struct image image;
            rule(&a, 0, 0, "");
            op(&a, OP_TEXT, 0, 0, text(&a, cases[i].value));
            if (way == 2)
                op(&a, OP_SET, VARIABLE_REQUEST, 0, 0);
            else
                op(&a, way ? OP_TARGET : OP_SET_TO, 0, 0, 0);
            uint8_t *bytes = finish(&a, &image);
            struct exempt *exempt = exempt_new(&image);
            cr_assert_not_null(exempt);
            cr_expect(!cases[i].named || names(exempt, cases[i].named), "%s", cases[i].value);
            cr_expect(!cases[i].other || !names(exempt, cases[i].other), "%s", cases[i].value);
            exempt_free(exempt);
            free(bytes);
        }
}

Test(exempt, what_is_inserted_may_go_on_with_an_address) {
    struct assembly a = {0};
    struct image image;
    rule(&a, 0, 1, "");
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:")); /* sip:%1@192.0.2.1 */
    op(&a, OP_CAPTURE, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "@192.0.2.1"));
    op(&a, OP_JOIN, 0, 3, 0);
    op(&a, OP_SET_TO, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "192.0.2.2")); /* 192.0.2.2%1 */
    op(&a, OP_CAPTURE, 0, 0, 0);
    op(&a, OP_JOIN, 0, 2, 0);
    op(&a, OP_TARGET, 0, 0, 0);
    op(&a, OP_CAPTURE, 0, 0, 0); /* %12.0.2.3 */
    op(&a, OP_TEXT, 0, 0, text(&a, "2.0.2.3"));
    op(&a, OP_JOIN, 0, 2, 0);
    op(&a, OP_TARGET, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "192.0.2.4:")); /* 192.0.2.4:%1 */
    op(&a, OP_CAPTURE, 0, 0, 0);
    op(&a, OP_JOIN, 0, 2, 0);
    op(&a, OP_TARGET, 0, 0, 0);
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:a@192.0.2.5")); /* a header's value is no destination */
    op(&a, OP_SET_HEADER, name(&a, "Subject", 0), 0, 0);
    uint8_t *bytes = finish(&a, &image);
    struct exempt *exempt = exempt_new(&image);
    cr_assert_not_null(exempt);
    cr_expect(names(exempt, "192.0.2.1"));
    cr_expect_not(names(exempt, "192.0.2.2"));
    cr_expect_not(names(exempt, "2.0.2.3"));
    cr_expect(names(exempt, "192.0.2.4"));
    cr_expect_not(names(exempt, "192.0.2.5"));
    exempt_free(exempt);
    free(bytes);
}

/* The store. */

static struct store_row kept;
static unsigned rows, commits, left;

static void keep(void *context, const struct store_row *row) {
    (void)context;
    kept = *row;
    rows++;
}

static void commit(void *context, uint64_t ticket) {
    (void)context;
    cr_expect_eq(ticket, 0);
    commits++;
}

static uint64_t send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context, (void)flow, (void)bytes;
    left++;
    return 0;
}

static void log_nothing(void *context, enum log_level level, struct slice line) {
    (void)context, (void)level, (void)line;
}

static const struct world world = {.send = send, .log = log_nothing, .keep = keep, .commit = commit};

static void options(struct proxy *proxy, const char *source, unsigned number, uint64_t now) {
    char bytes[600];
    snprintf(
        bytes, sizeof bytes,
        "OPTIONS sip:203.0.113.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.66;branch=z9hG4bK-%u\r\n"
        "From: <sip:a@198.51.100.66>;tag=a\r\nTo: <sip:203.0.113.1>\r\nCall-ID: call-%u\r\nCSeq: 1 OPTIONS\r\n\r\n",
        number, number);
    const struct packet packet = {.source = place(source),
                                  .local = place("203.0.113.1"),
                                  .bytes = slice_of(bytes),
                                  .now = now,
                                  .unix_ms = unix_start + (int64_t)(now - START)};
    proxy_receive(proxy, &packet);
}

static void load(struct proxy *proxy, const char *ip, bool gone, int64_t expires) {
    const struct store_row row = {.kind = STORE_BLOCK, .gone = gone, .block = {place(ip).ip, expires}};
    proxy_load(proxy, &row, START, unix_start);
}

/* $action = block, for everybody. */
static struct proxy *new_proxy(struct image *image, uint8_t **bytes) {
    static const struct proxy_seed seed = {{{1}}, {{2}}, {{3}}};
    static struct proxy_settings settings;
    static struct endpoint listener;
    struct assembly a = {0};
    rule(&a, IMAGE_RULE_PRELIMINARY, 0, "");
    op(&a, OP_TEXT, 0, 0, text(&a, "block"));
    op(&a, OP_SET, VARIABLE_ACTION, 0, 0);
    *bytes = finish(&a, image);
    listener = place("203.0.113.1");
    settings = (struct proxy_settings){.timers = {500, 4000, 5000},
                                       .block_time = 60000,
                                       .blocks_max = 3,
                                       .listeners = &listener,
                                       .listener_count = 1,
                                       .addresses = &listener.ip,
                                       .address_count = 1};
    struct proxy *proxy = proxy_new(&settings, &seed, image, &world);
    cr_assert_not_null(proxy);
    rows = commits = left = 0;
    return proxy;
}

static bool kept_is(const char *ip, bool gone) {
    const struct endpoint endpoint = place(ip);
    return kept.kind == STORE_BLOCK && kept.gone == gone && ip_equal(&kept.block.ip, &endpoint.ip);
}

Test(guard, the_store_is_told_of_every_change_and_of_none_that_is_its_own) {
    struct image image;
    uint8_t *bytes;
    struct proxy *proxy = new_proxy(&image, &bytes);
    options(proxy, "198.51.100.66", 1, START);
    cr_expect(rows == 1 && commits == 1 && kept_is("198.51.100.66", false));
    cr_expect_eq(kept.block.expires, unix_start + 60000);
    options(proxy, "198.51.100.66", 2, START + 1);
    cr_expect_eq(rows, 1, "who is turned away is not blocked again");
    cr_expect_eq(proxy_counters(proxy)->values[COUNTER_BLOCKED], 1);
    cr_expect_eq(proxy_counters(proxy)->values[COUNTER_BLOCKS], 1);
    proxy_tick(proxy, START + 60000, unix_start + 60000);
    cr_expect(rows == 2 && commits == 2 && kept_is("198.51.100.66", true));
    load(proxy, "198.51.100.67", false, 0);
    load(proxy, "198.51.100.68", false, unix_start + 500);
    cr_expect_eq(blocks_count(proxy->blocks), 2);
    load(proxy, "198.51.100.67", true, 0);
    cr_expect_eq(blocks_count(proxy->blocks), 1);
    cr_expect_eq(rows, 2);
    load(proxy, "198.51.100.69", false, unix_start); /* ran out while the server was not there */
    cr_expect(rows == 3 && kept_is("198.51.100.69", true));
    load(proxy, "198.51.100.68", false, unix_start - 1);
    cr_expect_eq(blocks_count(proxy->blocks), 0);
    cr_expect_eq(left, 0);
    proxy_free(proxy);
    free(bytes);
}

Test(guard, who_makes_room_is_forgotten_by_the_store_too) {
    struct image image;
    uint8_t *bytes;
    struct proxy *proxy = new_proxy(&image, &bytes);
    static const char *const sources[] = {"198.51.100.1", "198.51.100.2", "198.51.100.3"};
    for (unsigned i = 0; i < 3; i++)
        options(proxy, sources[i], i, START + i);
    cr_expect_eq(rows, 3);
    load(proxy, "198.51.100.4", false, 0);
    cr_expect(rows == 4 && kept_is("198.51.100.1", true));
    proxy_free(proxy);
    free(bytes);
}

Test(guard, no_block_time_is_a_drop) {
    struct image image;
    uint8_t *bytes;
    struct proxy *proxy = new_proxy(&image, &bytes);
    struct proxy_settings settings = *proxy->settings;
    settings.block_time = 0;
    proxy->settings = &settings;
    for (unsigned i = 0; i < 3; i++)
        options(proxy, "198.51.100.66", i, START);
    cr_expect_eq(proxy_counters(proxy)->values[COUNTER_BLOCKED], 0);
    cr_expect_eq(left, 0);
    cr_expect_eq(rows, 0);
    proxy_free(proxy);
    free(bytes);
}
