/* SPDX-License-Identifier: MIT */
/* What a call costs whose plan asks who is registered, with few and with many registrations: two servers with the same
 * plan, measured in turn, so that a machine whose speed drifts does not decide. A call is an INVITE from a registered
 * user (another one each time), its 200, ACK, BYE and 200, through the whole proxy; nothing is sent. Prints the medians
 * of five runs and their ratio; fails when many cost over 10 % more than few. */
#include "compiler/compile.h"
#include "runtime/plan/verify.h"
#include "runtime/proxy/proxy.h"
#include "tests/bench/idle_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FEW = 10, MANY = 100000, CALLS = 20000, RUNS = 5, GAP = 2 /* ms between two calls */, SIZE = 4096 };

static const char plan_text[] = "[Rule]\n[Matching Patterns]\n"
                                "$request = ^INVITE\n$registered(From) = false\n"
                                "[Deploy Patterns]\n$action = 403\n"
                                "[Rule]\n[Matching Patterns]\n"
                                "$request = ^INVITE\n$registered(To) = false\nTo = sip:(.+)@\n"
                                "[Deploy Patterns]\n"
                                "To = sip:%1@192.0.2.101\n$session = failover sip:%1@192.0.2.102\n";

static struct endpoint caller, callee;
static struct image image;
static struct proxy_settings settings;

/* A server and what it sent last to the callee and to the caller. */
struct side {
    struct proxy *proxy;
    unsigned users;
    uint64_t now, calls;
    char down[SIZE], up[SIZE];
};

static uint64_t world_send(void *context, const struct sip_flow *flow, struct slice bytes) {
    struct side *side = context;
    char *kept = ip_equal(&flow->remote.ip, &callee.ip) ? side->down : side->up;
    if (bytes.len < SIZE) {
        memcpy(kept, bytes.at, bytes.len);
        kept[bytes.len] = '\0';
    }
    return 0;
}

static void give_up(const char *why) {
    fprintf(stderr, "registered: %s\n", why);
    exit(1);
}

static int64_t wall(const struct side *side) {
    return 1700000000000 + (int64_t)side->now;
}

static void receive(struct side *side, const struct endpoint *source, const char *text) {
    const struct packet packet = {
        .source = *source, .local = listener, .bytes = slice_of(text), .now = side->now, .unix_ms = wall(side)};
    proxy_receive(side->proxy, &packet);
}

/* The value of a header line of a request that left, up to its line end. */
static const char *value(const char *text, const char *name, char out[SIZE]) {
    const char *line = strstr(text, name);
    if (!line)
        give_up("a message lacks a header");
    line += strlen(name);
    size_t length = strcspn(line, "\r");
    memcpy(out, line, length);
    out[length] = '\0';
    return out;
}

static const char *own_via(const char *text, char out[SIZE]) {
    return value(text, "\r\nVia: ", out);
}

static void request(struct side *side, const char *method, unsigned user, const char *to_tag, const char *route) {
    static char text[SIZE];
    unsigned long long call = side->calls;
    snprintf(text, sizeof text,
             "%s sip:100@%s SIP/2.0\r\n"
             "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%s%llu\r\n"
             "From: <sip:u%06u@192.0.2.9>;tag=c%llu\r\nTo: <sip:100@192.0.2.9>%s\r\nCall-ID: %llu@bench\r\n"
             "CSeq: %u %s\r\nMax-Forwards: 70\r\nContact: <sip:u@192.0.2.1>\r\n%sContent-Length: 0\r\n\r\n",
             method, *route ? "192.0.2.101" : "192.0.2.9", method, call, user, call, to_tag, call,
             *method == 'B' ? 2 : 1, method, route);
    receive(side, &caller, text);
}

static void answer(struct side *side, const char *method) {
    static char text[SIZE], via[SIZE], from[SIZE], to[SIZE], call_id[SIZE], record[SIZE];
    bool recorded = strstr(side->down, "\r\nRecord-Route: ") != NULL;
    snprintf(text, sizeof text,
             "SIP/2.0 200 OK\r\nVia: %s\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%s%llu\r\n"
             "%s%s%sFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %u %s\r\nContact: <sip:100@192.0.2.101>\r\n"
             "Content-Length: 0\r\n\r\n",
             own_via(side->down, via), method, (unsigned long long)side->calls, recorded ? "Record-Route: " : "",
             recorded ? value(side->down, "\r\nRecord-Route: ", record) : "", recorded ? "\r\n" : "",
             value(side->down, "\r\nFrom: ", from), value(side->down, "\r\nTo: ", to), *method == 'B' ? "" : ";tag=e",
             value(side->down, "\r\nCall-ID: ", call_id), *method == 'B' ? 2 : 1, method);
    receive(side, &callee, text);
}

static void call(struct side *side) {
    static char record[SIZE], route[SIZE + 16];
    unsigned user = (unsigned)(side->calls * 7919 % side->users);
    side->calls++;
    side->now += GAP;
    proxy_tick(side->proxy, side->now, wall(side));
    request(side, "INVITE", user, "", "");
    answer(side, "INVITE");
    snprintf(route, sizeof route, "Route: %s\r\n", value(side->up, "\r\nRecord-Route: ", record));
    request(side, "ACK", user, ";tag=e", route);
    request(side, "BYE", user, ";tag=e", route);
    answer(side, "BYE");
    if (strncmp(side->up, "SIP/2.0 200", 11) != 0)
        give_up("a call did not end well");
}

static void open_side(struct side *side, struct world *world, unsigned users) {
    static const struct proxy_seed seed = {.tables = {{1}}, .dialogs = {{2}}, .numbers = {{3}}};
    *world = (struct world){
        .context = side, .send = world_send, .route = idle_route, .local_time = idle_local_time, .log = idle_log};
    side->users = users;
    side->now = 1000;
    side->proxy = proxy_new(&settings, &seed, &image, world);
    if (!side->proxy)
        give_up("out of memory");
    for (unsigned user = 0; user < users; user++) {
        char name[32], contact[64];
        snprintf(name, sizeof name, "u%06u", user);
        snprintf(contact, sizeof contact, "sip:%s@198.51.%u.%u:5060", name, user / 250 % 250, user % 250);
        const struct store_row row = {.kind = STORE_BINDING,
                                      .binding = {.user = slice_of(name),
                                                  .contact = slice_of(contact),
                                                  .call_id = slice_of(name),
                                                  .path = SLICE_EMPTY,
                                                  .q = 1000,
                                                  .cseq = 1,
                                                  .expires = wall(side) + 86400000,
                                                  .received = caller,
                                                  .local = listener}};
        proxy_load(side->proxy, &row, side->now, wall(side));
    }
}

static double now_us(void) {
    struct timespec clock;
    clock_gettime(CLOCK_MONOTONIC, &clock);
    return (double)clock.tv_sec * 1e6 + (double)clock.tv_nsec / 1e3;
}

/* Microseconds for each call. */
static double measure(struct side *side) {
    double start = now_us();
    for (unsigned i = 0; i < CALLS; i++)
        call(side);
    return (now_us() - start) / CALLS;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double times[RUNS]) {
    qsort(times, RUNS, sizeof *times, compare);
    return times[RUNS / 2];
}

static void set_up(void) {
    uint8_t *plan;
    size_t length;
    struct image_refusal refusal;
    listener = caller = callee = (struct endpoint){.port = 5060, .transport = TRANSPORT_UDP};
    if (!ip_parse(&listener.ip, SLICE("192.0.2.9")) || !ip_parse(&caller.ip, SLICE("192.0.2.1")) ||
        !ip_parse(&callee.ip, SLICE("192.0.2.101")) ||
        compile_plan_text(slice_of(plan_text), "plan", stderr, &plan, &length) ||
        verify_image(&image, plan, length, &refusal))
        give_up("the plan does not compile");
    settings = (struct proxy_settings){.timers = {500, 4000, 5000},
                                       .timer_c = 181000,
                                       .failover = true,
                                       .record_route = true,
                                       .log_level = LOG_NOTICE,
                                       .listeners = &listener,
                                       .listener_count = 1,
                                       .addresses = &listener.ip,
                                       .address_count = 1,
                                       .realm = SLICE("bench"),
                                       .expires_least = 60,
                                       .expires_default = 3600,
                                       .expires_most = 7200,
                                       .contacts_max = 10,
                                       .registrations_max = MANY,
                                       .max_session = 3600000};
}

int main(void) {
    static struct side few, many;
    static struct world worlds[2];
    double few_times[RUNS], many_times[RUNS];
    set_up();
    open_side(&few, &worlds[0], FEW);
    open_side(&many, &worlds[1], MANY);
    measure(&few);
    measure(&many);
    for (unsigned run = 0; run < RUNS; run++) {
        few_times[run] = measure(&few);
        many_times[run] = measure(&many);
    }
    double ratio = median(many_times) / median(few_times);
    printf("%d calls, five runs in turn: %.2f us each with %d registrations, %.2f us with %d; ratio %.3f\n", CALLS,
           median(few_times), FEW, median(many_times), MANY, ratio);
    proxy_free(few.proxy);
    proxy_free(many.proxy);
    return ratio > 1.1;
}
