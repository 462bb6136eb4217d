/* SPDX-License-Identifier: MIT */
/* What the most expensive datagrams cost: every kind of hostile_kinds.h at 1,500 bytes and at 64 KB, a thousand calls
 * each, through the scanner alone and through the whole proxy with a plan that reads the headers in question. Fails
 * when a median of the proxy is over the bar (100 us, 1 ms). The maximum is for the reader: on a shared machine it is
 * the scheduler's. */
#include "compiler/compile.h"
#include "runtime/plan/verify.h"
#include "runtime/proxy/proxy.h"
#include "tests/bench/hostile_kinds.h"
#include "tests/bench/idle_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 1000, BATCH = 100, SMALL = 1500, LARGE = 64 * 1024 - 29 /* the largest UDP payload is near it */ };

static const char plan_text[] = "[Rule]\n[Matching Patterns]\n"
                                "Proxy-Authorization =\n"
                                "[Deploy Patterns]\n$auth = true\n$continue = true\n"
                                "[Rule]\n[Matching Patterns]\n"
                                "$getSIPuser(From) = ^nobody$\n"
                                "[Deploy Patterns]\n$action = 403\n"
                                "[Rule]\n[Matching Patterns]\n"
                                "$request = ^INVITE\nContact = ;gruu=(.+)\n$param(Contact, \"expires\") = ^0$\n"
                                "[Deploy Patterns]\n$action = 480\n"
                                "[Rule]\n[Matching Patterns]\n"
                                "$request = ^INVITE\nTo = sip:(.+)@\nVia = SIP/2.0/UDP (.+)\nZ = !^forbidden$\n"
                                "[Deploy Patterns]\n"
                                "$target = 192.0.2.250\n$session = failover sip:%1@192.0.2.251 sip:%1@192.0.2.252\n";

static struct endpoint source;
static struct proxy_settings settings;
static struct image image;
static struct proxy *proxy;
static unsigned sent;

/* A world that does nothing. */

static uint64_t world_send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context, (void)flow, (void)bytes;
    sent++;
    return 0;
}

static const struct world world = {
    .send = world_send, .route = idle_route, .local_time = idle_local_time, .log = idle_log};

/* Datagrams. */

enum { DIGITS = 4, PLACES_MAX = 8 };

static struct datagram {
    char bytes[LARGE];
    size_t length;
    size_t places[PLACES_MAX]; /* of numbers */
    unsigned place_count;
} datagram;

static void build(const struct hostile_kind *kind, size_t size) {
    static const char number[] = "run0000";
    size_t before = strlen(kind->before), piece = strlen(kind->piece), after = strlen(kind->after);
    datagram.length = before;
    memcpy(datagram.bytes, kind->before, before);
    for (; datagram.length + piece + after <= size; datagram.length += piece)
        memcpy(datagram.bytes + datagram.length, kind->piece, piece);
    memcpy(datagram.bytes + datagram.length, kind->after, after);
    datagram.length += after;
    datagram.place_count = 0;
    for (size_t at = 0; at + sizeof number <= datagram.length && datagram.place_count < PLACES_MAX; at++)
        if (memcmp(datagram.bytes + at, number, sizeof number - 1) == 0)
            datagram.places[datagram.place_count++] = at + sizeof number - 1 - DIGITS;
}

static void number_run(unsigned run) {
    char digits[16];
    snprintf(digits, sizeof digits, "%0*u", DIGITS, run);
    for (unsigned i = 0; i < datagram.place_count; i++)
        memcpy(datagram.bytes + datagram.places[i], digits, DIGITS);
}

/* Measuring. */

static double now_us(void) {
    struct timespec clock;
    clock_gettime(CLOCK_MONOTONIC, &clock);
    return (double)clock.tv_sec * 1e6 + (double)clock.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void through_scanner(unsigned run) {
    static struct sip_message message;
    (void)run;
    scan_message(&message, datagram.bytes, datagram.length);
}

static void through_proxy(unsigned run) {
    const struct packet packet = {.source = source,
                                  .local = listener,
                                  .bytes = {datagram.bytes, datagram.length},
                                  .now = 1000 + run,
                                  .unix_ms = 1700000000000};
    proxy_receive(proxy, &packet);
}

/* A fresh proxy for each batch: what the calls hold is given back. */
static void renew_proxy(void) {
    static const struct proxy_seed seed = {.tables = {{1}}, .dialogs = {{2}}, .numbers = {{3}}};
    proxy_free(proxy);
    proxy = proxy_new(&settings, &seed, &image, &world);
    if (!proxy) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    const struct store_row user = {.kind = STORE_USER, .user = {.name = SLICE("u"), .realm = SLICE("fov")}};
    proxy_load(proxy, &user, 1000, 1700000000000);
}

/* Microseconds: median and maximum of RUNS. */
static void measure(void (*through)(unsigned run), double *median, double *most) {
    static double times[RUNS];
    for (unsigned run = 0; run < RUNS; run++) {
        if (run % BATCH == 0)
            renew_proxy();
        number_run(run);
        double start = now_us();
        through(run);
        times[run] = now_us() - start;
    }
    qsort(times, RUNS, sizeof *times, compare);
    *median = times[RUNS / 2];
    *most = times[RUNS - 1];
}

/* Prints a kind's figures of one size; is its median under the bar? */
static bool judge(const struct hostile_kind *kind, size_t size, double bar) {
    double scan, median, most;
    build(kind, size);
    measure(through_scanner, &scan, &most);
    measure(through_proxy, &median, &most);
    printf(" %8.1f %8.1f %8.0f", scan, median, most);
    return median < bar;
}

static bool set_up(void) {
    static uint8_t *plan;
    size_t length;
    struct image_refusal refusal;
    listener = source = (struct endpoint){.port = 5060, .transport = TRANSPORT_UDP};
    if (!ip_parse(&listener.ip, SLICE("192.0.2.9")) || !ip_parse(&source.ip, SLICE("192.0.2.1")))
        return false;
    settings = (struct proxy_settings){.timers = {500, 4000, 5000},
                                       .timer_c = 181000,
                                       .failover = true,
                                       .record_route = true,
                                       .log_level = LOG_INFO,
                                       .listeners = &listener,
                                       .listener_count = 1,
                                       .addresses = &listener.ip,
                                       .address_count = 1,
                                       .realm = SLICE("fov"),
                                       .expires_least = 60,
                                       .expires_default = 3600,
                                       .expires_most = 7200,
                                       .contacts_max = 10,
                                       .registrations_max = 1000000};
    return compile_plan_text(slice_of(plan_text), "plan", stderr, &plan, &length) == 0 &&
           verify_image(&image, plan, length, &refusal) == 0;
}

/* An argument: only the kinds whose name holds it. */
int main(int count, char **arguments) {
    unsigned failed = 0;
    if (!set_up()) {
        fprintf(stderr, "the plan does not compile\n");
        return 1;
    }
    printf("%-36s %26s %26s\n%-36s %8s %8s %8s %8s %8s %8s\n", "microseconds", "1,500 bytes", "64 KB", "datagram",
           "scan", "proxy", "max", "scan", "proxy", "max");
    for (size_t kind = 0; kind < sizeof hostile_kinds / sizeof *hostile_kinds; kind++) {
        if (count > 1 && !strstr(hostile_kinds[kind].name, arguments[1]))
            continue;
        printf("%-36s", hostile_kinds[kind].name);
        failed += !judge(&hostile_kinds[kind], SMALL, 100);
        failed += !judge(&hostile_kinds[kind], LARGE, 1000);
        printf("\n");
        fflush(stdout);
    }
    proxy_free(proxy);
    printf("%u datagrams left; %u medians over the bar (100 us up to 1,500 bytes, 1 ms up to 64 KB)\n", sent, failed);
    return failed != 0;
}
