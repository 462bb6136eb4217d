/* SPDX-License-Identifier: MIT */
/* Names that somebody else than the plan comes with: whoever has a dialog may name hosts without end. */
#include "runtime/proxy/dialog.h"
#include "runtime/proxy/proxy.h"

#include "runtime/plan/verify.h"
#include "runtime/state/names.h"

#include "tests/unit/plan/support/assemble.h"

#include <criterion/criterion.h>
#include <stdio.h>

static unsigned asked; /* of name servers that never answer */

static struct endpoint place(const char *ip) {
    struct endpoint endpoint = {.port = 5060};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

static uint64_t send(void *context, const struct sip_flow *flow, struct slice bytes) {
    (void)context, (void)flow, (void)bytes;
    return 0;
}

static enum cause find_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                             struct world_route *route) {
    (void)context, (void)remote, (void)wanted;
    *route = (struct world_route){.local = place("192.0.2.1"), .host = "192.0.2.1", .port = 5060};
    return CAUSE_NONE;
}

static bool ask(void *context, uint32_t id, struct slice name, enum dns_type type) {
    (void)context, (void)id, (void)name, (void)type;
    asked++;
    return true;
}

static void log_nothing(void *context, enum log_level level, struct slice line) {
    (void)context, (void)level, (void)line;
}

static const struct world world = {.send = send, .route = find_route, .log = log_nothing, .ask = ask};
static const struct proxy_seed seed = {{{1}}, {{2}}, {{3}}};

/* Every call goes to trunk.example. */
static uint8_t *make_image(struct image *image) {
    struct assembly a = {0};
    struct image_refusal refusal;
    size_t length;
    rule(&a, 0, 0, "");
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:100@trunk.example"));
    op(&a, OP_SET_TO, 0, 0, 0);
    op(&a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = assemble(&a, &length);
    cr_assert_eq(verify_image(image, bytes, length, &refusal), 0, "%s", refusal.reason);
    return bytes;
}

/* A request of one dialog, or the one that begins it. */
static void receive(struct proxy *proxy, const char *method, const char *uri, const char *more, unsigned number) {
    char bytes[1024];
    snprintf(bytes, sizeof bytes,
             "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.77:5060;branch=z9hG4bK-%u\r\n"
             "From: <sip:a@192.0.2.77>;tag=a\r\nTo: <sip:b@192.0.2.1>%s\r\nCall-ID: one\r\nCSeq: %u %s\r\n"
             "Contact: <sip:a@192.0.2.77>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
             method, uri, number, more, number, method);
    const struct packet packet = {.source = place("192.0.2.77"),
                                  .local = place("192.0.2.1"),
                                  .bytes = slice_of(bytes),
                                  .now = 1000,
                                  .unix_ms = 1767225600000};
    proxy_receive(proxy, &packet);
}

static void receive_within(struct proxy *proxy, const char *method, unsigned number) {
    char uri[64], more[128], cookie[COOKIE_LENGTH];
    dialog_cookie(&seed.dialogs, SLICE("one"), cookie);
    snprintf(uri, sizeof uri, "sip:b@h%u.example", number);
    snprintf(more, sizeof more, ";tag=b\r\nRoute: <sip:192.0.2.1;lr;fov=%.*s>", COOKIE_LENGTH, cookie);
    receive(proxy, method, uri, more, number);
}

static void leave_room(const char *method) {
    struct image image;
    uint8_t *bytes = make_image(&image);
    const struct endpoint listener = place("192.0.2.1");
    const struct proxy_settings settings = {.timers = {500, 4000, 5000},
                                            .timer_c = 181000,
                                            .listeners = &listener,
                                            .listener_count = 1,
                                            .addresses = &listener.ip,
                                            .address_count = 1};
    struct proxy *proxy = proxy_new(&settings, &seed, &image, &world);
    cr_assert_not_null(proxy);
    asked = 0;
    for (unsigned number = 1; number <= NAMES_ASKED_MAX; number++)
        receive_within(proxy, method, number);
    cr_expect_eq(asked, NAMES_ASKED_MAX / 2u);
    receive(proxy, "INVITE", "sip:b@192.0.2.1", "", NAMES_ASKED_MAX + 1);
    cr_expect_eq(asked, NAMES_ASKED_MAX / 2u + 1);
    proxy_free(proxy);
    free(bytes);
}

Test(guests, requests_of_a_dialog_leave_room_for_what_the_plan_asks_for) {
    leave_room("MESSAGE");
}

Test(guests, so_do_its_acks) {
    leave_room("ACK");
}
