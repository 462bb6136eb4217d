/* SPDX-License-Identifier: MIT */
/* The registrar and its store: which rows go out, what comes in, and what happens when memory runs out. What a peer
 * sees is told in tests/scenario/registrar.scn. */
#include "runtime/proxy/registrar.h"

#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/assemble.h"
#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { START = 1000000, ROWS_MAX = 8, TEXT_MAX = 70000 };
static const int64_t epoch = 1767225600000;

static struct {
    unsigned rows, commits, answers, code; /* code: of the last answer */
    uint64_t ticket;                       /* of the last commit */
    char row[ROWS_MAX][128];               /* "+user contact" or "-user contact" */
    char answer[TEXT_MAX];
} seen;

static struct image image;
static uint8_t *image_bytes;
static struct proxy *proxy;
static struct endpoint listener, phone;
static unsigned branches;

static uint64_t send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context, (void)flow;
    cr_assert_lt(bytes.len, TEXT_MAX);
    memcpy(seen.answer, bytes.at, bytes.len);
    seen.answer[bytes.len] = '\0';
    seen.code = (unsigned)atoi(seen.answer + 8);
    seen.answers++;
    return 0;
}

static enum cause route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                        struct world_route *route) {
    (void)context, (void)remote, (void)wanted, (void)route;
    return CAUSE_UNREACHABLE;
}

static bool local_time(void *context, struct slice zone, int64_t unix_ms, struct local_time *time) {
    (void)context, (void)zone, (void)unix_ms, (void)time;
    return false;
}

static void log_line(void *context, enum log_level level, struct slice line) {
    (void)context, (void)level, (void)line;
}

static void keep(void *context, const struct store_row *row) {
    (void)context;
    cr_assert_eq(row->kind, STORE_BINDING);
    if (seen.rows < ROWS_MAX)
        snprintf(seen.row[seen.rows], sizeof seen.row[0], "%c%.*s %.*s", row->gone ? '-' : '+',
                 SLICE_ARG(row->binding.user), SLICE_ARG(row->binding.contact));
    seen.rows++;
}

static void commit(void *context, uint64_t ticket) {
    (void)context;
    seen.commits++;
    seen.ticket = ticket;
}

static const struct world world = {
    .send = send, .route = route, .local_time = local_time, .log = log_line, .keep = keep, .commit = commit};

static struct endpoint place(const char *ip) {
    struct endpoint endpoint = {.port = 5060, .transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

static void start(void) {
    static const struct proxy_seed seed = {{{1}}, {{2}}, {{3}}};
    static struct proxy_settings settings;
    struct assembly a = {0};
    struct image_refusal refusal;
    size_t length;
    listener = place("203.0.113.1");
    phone = place("198.51.100.7");
    settings = (struct proxy_settings){.timers = {500, 4000, 5000},
                                       .log_level = LOG_DEBUG,
                                       .listeners = &listener,
                                       .listener_count = 1,
                                       .expires_least = 60,
                                       .expires_default = 3600,
                                       .expires_most = 7200,
                                       .contacts_max = 64,
                                       .registrations_max = 1000000};
    image_bytes = assemble(&a, &length);
    cr_assert_eq(verify_image(&image, image_bytes, length, &refusal), 0, "%s", refusal.reason);
    proxy = proxy_new(&settings, &seed, &image, &world);
    cr_assert_not_null(proxy);
}

static void end(void) {
    proxy_free(proxy);
    free(image_bytes);
}

TestSuite(registrar, .init = start, .fini = end);

static void forget(void) {
    memset(&seen, 0, sizeof seen);
}

/* A REGISTER for bob with these lines, and what the store says to it when `kept`. */
static void send_register(const char *lines, bool kept) {
    static char bytes[TEXT_MAX];
    branches++;
    int length =
        snprintf(bytes, sizeof bytes,
                 "REGISTER sip:203.0.113.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKr%u\r\n"
                 "From: <sip:bob@203.0.113.1>;tag=b\r\nTo: <sip:bob@203.0.113.1>\r\nCall-ID: c\r\nCSeq: %u REGISTER\r\n"
                 "%s\r\n",
                 branches, branches, lines);
    cr_assert_lt(length, TEXT_MAX);
    const struct packet packet = {
        .source = phone, .local = listener, .bytes = {bytes, (size_t)length}, .now = START, .unix_ms = epoch};
    proxy_receive(proxy, &packet);
    if (kept && seen.commits)
        proxy_kept(proxy, seen.ticket, START, epoch);
}

static void assert_rows(unsigned count, const char *const *rows) {
    cr_assert_eq(seen.code, 200, "%u", seen.code);
    cr_assert_eq(seen.rows, count, "%u rows", seen.rows);
    for (unsigned i = 0; i < count; i++)
        cr_assert_str_eq(seen.row[i], rows[i]);
    forget();
}

static unsigned contacts(void) {
    return locations_count(proxy->locations);
}

Test(registrar, each_contact_that_changes_is_one_row) {
    send_register("Contact: <sip:a@10.0.0.1>, <sip:b@10.0.0.1>\r\n", true);
    assert_rows(2, (const char *[]){"+bob sip:a@10.0.0.1", "+bob sip:b@10.0.0.1"});
    send_register("Contact: <sip:a@10.0.0.1>;expires=60\r\n", true); /* refreshed */
    assert_rows(1, (const char *[]){"+bob sip:a@10.0.0.1"});
    send_register("Contact: <sip:%61@10.0.0.1>\r\n", true); /* the same contact, but another key */
    assert_rows(2, (const char *[]){"+bob sip:%61@10.0.0.1", "-bob sip:a@10.0.0.1"});
    send_register("Contact: <sip:a@10.0.0.1>;expires=0\r\n", true);
    assert_rows(1, (const char *[]){"-bob sip:%61@10.0.0.1"});
    send_register("Contact: *\r\nExpires: 0\r\n", true);
    assert_rows(1, (const char *[]){"-bob sip:b@10.0.0.1"});
}

Test(registrar, what_changes_nothing_does_not_wait_for_the_store) {
    send_register("", false);
    send_register("Contact: *\r\nExpires: 0\r\n", false);
    send_register("Contact: <sip:a@10.0.0.1>;expires=0\r\n", false);
    cr_assert_eq(seen.answers, 3);
    cr_assert_eq(seen.code, 200);
    cr_assert_eq(seen.rows, 0);
    cr_assert_eq(seen.commits, 0);
}

Test(registrar, an_expired_contact_is_gone_from_the_store_and_nobody_waits) {
    send_register("Contact: <sip:a@10.0.0.1>;expires=60\r\n", true);
    forget();
    proxy_tick(proxy, START + 60000, epoch + 60000);
    cr_assert_eq(seen.rows, 1);
    cr_assert_str_eq(seen.row[0], "-bob sip:a@10.0.0.1");
    cr_assert_eq(seen.commits, 1);
    cr_assert_eq(seen.ticket, 0);
    proxy_kept(proxy, 0, START + 60000, epoch + 60000);
    cr_assert_eq(seen.answers, 0);
    cr_assert_eq(contacts(), 0);
}

Test(registrar, one_commit_of_the_store_answers_all_before_it) {
    for (unsigned i = 0; i < 3; i++)
        send_register("Contact: <sip:a@10.0.0.1>\r\n", false);
    cr_assert_eq(seen.answers, 0);
    cr_assert_eq(proxy_pending(proxy), 3);
    proxy_kept(proxy, seen.ticket - 1, START, epoch);
    cr_assert_eq(seen.answers, 2);
    proxy_kept(proxy, seen.ticket - 1, START, epoch); /* told twice */
    cr_assert_eq(seen.answers, 2);
    proxy_kept(proxy, seen.ticket, START, epoch);
    cr_assert_eq(seen.answers, 3);
    cr_assert_eq(proxy_pending(proxy), 0);
}

Test(registrar, a_proxy_that_ends_forgets_the_answers_that_wait) {
    send_register("Contact: <sip:a@10.0.0.1>\r\n", false);
    send_register("Contact: <sip:a@10.0.0.1>\r\n", false);
    cr_assert_eq(proxy->waiting_count, 2); /* what leaks would show under ASan */
}

Test(registrar, a_store_that_does_not_answer_gets_no_more_to_do) {
    while (seen.answers == 0 && branches < 100000)
        send_register("Contact: <sip:a@10.0.0.1>\r\n", false);
    cr_assert_eq(seen.code, 503);
    cr_assert_leq(branches, 20000);
    uint32_t cseq = location_bindings(proxy->locations, SLICE("bob"))->cseq;
    cr_assert_eq(cseq, branches - 1, "the one that was refused has changed something");
}

Test(registrar, an_answer_is_one_datagram) {
    char lines[2048];
    unsigned asked = 0;
    for (; asked < 64 && seen.code < 300; asked++) {
        snprintf(lines, sizeof lines, "Contact: <sip:%u@10.0.0.1;x=%0980u>\r\n", asked, 0u);
        send_register(lines, true);
    }
    cr_assert_eq(seen.code, 513);
    cr_assert(asked > 50 && contacts() == asked - 1);
}

Test(registrar, rows_of_the_store_come_and_go) {
    struct store_row row = {
        .kind = STORE_BINDING,
        .binding = {.user = SLICE("bob"), .contact = SLICE("sip:a@10.0.0.1"), .q = 1000, .expires = epoch + 5000}};
    proxy_load(proxy, &row, START, epoch);
    cr_assert_eq(contacts(), 1);
    row.gone = true;
    proxy_load(proxy, &row, START, epoch);
    cr_assert_eq(contacts(), 0);
    row.gone = false;
    row.binding.expires = epoch;
    proxy_load(proxy, &row, START, epoch);
    cr_assert_eq(contacts(), 0);
    row.binding.expires = epoch + 5000;
    row.binding.contact = SLICE("no uri");
    proxy_load(proxy, &row, START, epoch);
    cr_assert_eq(contacts(), 0);
    row.binding.contact = SLICE("sip:a@10.0.0.1");
    row.binding.path = SLICE("<sip:192.0.2.1;lr>\r\nX-Forged: yes");
    proxy_load(proxy, &row, START, epoch);
    cr_assert_eq(contacts(), 0);
    cr_assert_eq(seen.rows + seen.commits, 0); /* the store knows */
    row.binding.path = SLICE_EMPTY;
    allocations_left = 0;
    proxy_load(proxy, &row, START, epoch);
    allocations_left = LONG_MAX;
    cr_assert_eq(contacts(), 0);
    cr_assert_eq(proxy_counters(proxy)->values[COUNTER_NO_MEMORY], 1);
}

Test(registrar, all_or_nothing_wherever_memory_runs_out) {
    send_register("Contact: <sip:old@10.0.0.1>, <sip:b@10.0.0.1>\r\n", true);
    bool done = false;
    for (long left = 0; !done; left++) {
        cr_assert_lt(left, 100);
        forget();
        allocations_left = left;
        send_register("Contact: <sip:new@10.0.0.1>, <sip:%62@10.0.0.2>, <sip:old@10.0.0.1>;expires=0\r\n", true);
        allocations_left = LONG_MAX;
        done = seen.code == 200;
        cr_assert(done || seen.code >= 500 || seen.answers == 0, "%u", seen.code);
        cr_assert_eq(contacts(), done ? 3 : 2);
        cr_assert_eq(seen.rows, done ? 3 : 0);
    }
}
