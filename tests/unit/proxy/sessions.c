/* SPDX-License-Identifier: MIT */
/* Ten thousand calls that end in every way there is, all mixed up, against a plain model of what a session is: the
 * counts are right all the time, and at the end nothing is left. */
#include "runtime/proxy/core.h"
#include "runtime/proxy/proxy.h"
#include "runtime/state/session.h"

#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/assemble.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    CALLS = 10000,
    OPEN = 600, /* calls that something still happens to, at a time */
    ROUTES = 5,
    LONGEST = 900 * 1000,
    START = 1000000,
    TIMER_F = 32000,
    TEXT_MAX = 4096,
};
static const int64_t unix_start = 1767225600000;

enum state { UNBORN, CALLING, RINGING, CANCELLING, ANSWERED, LEFT_ALONE };

static struct model {
    enum state state;
    bool counts;
    uint64_t started, ends; /* ends: UINT64_MAX while it is not answered */
    char *invite;           /* as it left for the callee */
    char *request;          /* within the dialog: the last one that left, for whoever is to answer it */
    bool from_caller;       /* who sent that */
    unsigned cseq;
    bool hanging_up; /* that is a BYE which nobody has answered */
} calls[CALLS];

static struct proxy *proxy;
static uint64_t now, state;
static unsigned born, counting, on_route[ROUTES];

static unsigned draw(unsigned below) { /* splitmix64 */
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (unsigned)((z ^ z >> 31) % below);
}

static struct endpoint place(const char *ip) {
    struct endpoint endpoint = {.port = 5060};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

/* The model. */

static void begin_counting(struct model *call) {
    call->counts = true;
    call->started = now;
    call->ends = UINT64_MAX;
    counting++;
    on_route[(call - calls) % ROUTES]++;
}

static void end_counting(struct model *call) {
    if (!call->counts)
        return;
    call->counts = false;
    counting--;
    on_route[(call - calls) % ROUTES]--;
}

static void let_time_end_them(void) {
    for (unsigned i = 0; i < born; i++)
        if (calls[i].ends <= now)
            end_counting(&calls[i]);
}

static unsigned started_lately(unsigned route) {
    unsigned count = 0;
    for (unsigned i = born; i-- && now - calls[i].started < SESSION_WINDOW;)
        count += route == ROUTES || i % ROUTES == route;
    return count;
}

static void check(unsigned seed) {
    char name[16];
    let_time_end_them();
    cr_assert_eq(sessions_count(proxy->sessions), counting, "seed %u: %u sessions, should be %u", seed,
                 sessions_count(proxy->sessions), counting);
    cr_assert_eq(sessions_rate(proxy->sessions, now), started_lately(ROUTES), "seed %u", seed);
    for (unsigned route = 0; route < ROUTES; route++) {
        snprintf(name, sizeof name, "route-%u", route);
        cr_assert_eq(sessions_on_route(proxy->sessions, slice_of(name)), on_route[route], "seed %u", seed);
        cr_assert_eq(sessions_route_rate(proxy->sessions, slice_of(name), now), started_lately(route), "seed %u", seed);
    }
}

/* The world: what leaves is kept for who has to answer it. */

static const char *behind(const char *text, const char *name) {
    const char *line = strstr(text, name);
    return line ? line + strlen(name) : NULL;
}

static struct model *call_of(const char *text) {
    const char *call_id = behind(text, "\r\nCall-ID: call-");
    return call_id ? &calls[atoi(call_id)] : NULL;
}

static void replace(char **kept, const char *text) {
    free(*kept);
    *kept = strdup(text);
    cr_assert_not_null(*kept);
}

static void note_response(struct model *call, const char *text) {
    unsigned code = (unsigned)atoi(text + 8);
    const char *cseq = behind(text, "\r\nCSeq: ");
    if (strncmp(cseq, "1 INVITE", 8) == 0 && code >= 300)
        end_counting(call);
}

static uint64_t send(void *context, const struct sip_flow *flow, struct slice bytes) {
    char text[TEXT_MAX];
    (void)context, (void)flow;
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(bytes));
    struct model *call = call_of(text);
    if (!call)
        return 0;
    if (slice_starts(bytes, SLICE("SIP/2.0 ")))
        note_response(call, text);
    else if (slice_starts(bytes, SLICE("INVITE ")) && !strstr(text, ";tag=callee"))
        replace(&call->invite, text);
    else if (!slice_starts(bytes, SLICE("ACK ")) && !slice_starts(bytes, SLICE("CANCEL ")))
        replace(&call->request, text);
    return 0;
}

static enum cause find_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                             struct world_route *route) {
    (void)context, (void)remote, (void)wanted;
    *route = (struct world_route){.local = place("203.0.113.1"), .host = "203.0.113.1", .port = 5060};
    return CAUSE_NONE;
}

static void log_nothing(void *context, enum log_level level, struct slice line) {
    (void)context, (void)level, (void)line;
}

static const struct world world = {.send = send, .route = find_route, .log = log_nothing};

static void receive(const char *source, const char *text) {
    const struct packet packet = {.source = place(source),
                                  .local = place("203.0.113.1"),
                                  .bytes = slice_of(text),
                                  .now = now,
                                  .unix_ms = unix_start + (int64_t)now};
    proxy_receive(proxy, &packet);
}

static void pass(uint64_t until) {
    while (proxy_due(proxy) <= until) {
        now = proxy_due(proxy) > now ? proxy_due(proxy) : now;
        proxy_tick(proxy, now, unix_start + (int64_t)now);
    }
    now = until;
}

/* The peers. */

static unsigned number_of(const struct model *call) {
    return (unsigned)(call - calls);
}

static void send_first(struct model *call, const char *method) {
    char text[TEXT_MAX];
    unsigned n = number_of(call);
    snprintf(text, sizeof text,
             "%s sip:100@203.0.113.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK-%u\r\n"
             "From: <sip:caller@198.51.100.1>;tag=caller%u\r\nTo: <sip:100@203.0.113.1>\r\nCall-ID: call-%u\r\n"
             "CSeq: 1 %s\r\nSubject: route-%u\r\nContact: <sip:caller@198.51.100.1>\r\nContent-Length: 0\r\n\r\n",
             method, n, n, n, method, n % ROUTES);
    receive("198.51.100.1", text);
}

/* Answers the request `of` that left; `tag` for the first INVITE, "" when it has one. */
static void answer(const char *source, const char *of, const char *status, const char *tag, const char *more) {
    char text[TEXT_MAX];
    const char *lines = strchr(of, '\n'), *to = strstr(of, "\r\nTo:"), *to_end = strchr(to + 2, '\r');
    snprintf(text, sizeof text, "SIP/2.0 %s%.*s%s\r\n%s%s", status, (int)(to_end - lines + 1), lines - 1, tag, more,
             to_end + 2);
    receive(source, text);
}

static void answer_invite(struct model *call, const char *status, const char *more) {
    answer("192.0.2.101", call->invite, status, ";tag=callee", more);
}

static void send_within(struct model *call, bool from_caller, const char *method) {
    char text[TEXT_MAX], caller[80], callee[80];
    const char *route = behind(call->invite, "\r\nRecord-Route: ");
    unsigned n = number_of(call);
    snprintf(caller, sizeof caller, "<sip:caller@198.51.100.1>;tag=caller%u", n);
    snprintf(callee, sizeof callee, "<sip:100@203.0.113.1>;tag=callee");
    call->cseq++;
    snprintf(text, sizeof text,
             "%s sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%u-%u\r\nRoute: %.*s\r\nFrom: %s\r\nTo: %s\r\n"
             "Call-ID: call-%u\r\nCSeq: %u %s\r\nContact: <sip:x@198.51.100.1>\r\nContent-Length: 0\r\n\r\n",
             method, from_caller ? "callee@192.0.2.101" : "caller@198.51.100.1",
             from_caller ? "198.51.100.1" : "192.0.2.101", n, call->cseq, (int)strcspn(route, "\r"), route,
             from_caller ? caller : callee, from_caller ? callee : caller, n, call->cseq, method);
    call->from_caller = from_caller;
    receive(from_caller ? "198.51.100.1" : "192.0.2.101", text);
}

static void answer_within(struct model *call, const char *status, const char *more) {
    answer(call->from_caller ? "192.0.2.101" : "198.51.100.1", call->request, status, "", more);
}

/* What may happen to a call. */

static void be_born(void) {
    struct model *call = &calls[born++];
    call->state = CALLING;
    call->cseq = 1;
    begin_counting(call);
    send_first(call, "INVITE");
    cr_assert_not_null(call->invite);
}

/* How long it lasts after a 2xx with that header. */
static const char *some_expiry(uint64_t *life) {
    static const struct {
        const char *header;
        uint64_t life;
    } expiries[] = {
        {"", LONGEST},
        {"Session-Expires: 90\r\n", 90000},
        {"x: 120;refresher=uac\r\n", 120000},
        {"Session-Expires: 3\r\n", 90000},
        {"Session-Expires: 1800\r\n", LONGEST},
        {"Session-Expires: soon\r\n", LONGEST},
    };
    unsigned which = draw(sizeof expiries / sizeof *expiries);
    *life = expiries[which].life;
    return expiries[which].header;
}

static void be_answered(struct model *call) {
    uint64_t life;
    const char *expiry = some_expiry(&life);
    bool counted = call->counts;
    answer_invite(call, "200 OK", expiry);
    if (counted)
        call->ends = now + life;
    call->state = counted ? ANSWERED : LEFT_ALONE;
}

static void go_on_calling(struct model *call) {
    switch (draw(6)) {
    case 0: answer_invite(call, "180 Ringing", ""), call->state = RINGING; break;
    case 1: answer_invite(call, "486 Busy Here", ""), call->state = LEFT_ALONE; break;
    case 2: call->state = LEFT_ALONE; break; /* Timer B */
    default: be_answered(call); break;
    }
}

static void go_on_ringing(struct model *call) {
    switch (draw(5)) {
    case 0: answer_invite(call, "603 Decline", ""), call->state = LEFT_ALONE; break;
    case 1: send_first(call, "CANCEL"), call->state = CANCELLING; break;
    case 2: call->state = LEFT_ALONE; break; /* Timer C */
    default: be_answered(call); break;
    }
}

/* Its answer crosses the CANCEL, comes in time or too late, or never. */
static void go_on_cancelling(struct model *call) {
    switch (draw(3)) {
    case 0: answer_invite(call, "487 Request Terminated", ""), call->state = LEFT_ALONE; break;
    case 1: be_answered(call); break;
    default: call->state = LEFT_ALONE; break;
    }
}

static void refresh(struct model *call) {
    uint64_t life;
    const char *expiry = some_expiry(&life);
    send_within(call, draw(2), draw(2) ? "UPDATE" : "INVITE");
    if (draw(3) == 0) {
        answer_within(call, "491 Request Pending", "");
        return;
    }
    answer_within(call, "200 OK", expiry);
    if (call->counts)
        call->ends = now + life;
}

static void be_hung_up(struct model *call) {
    static const struct {
        const char *status;
        bool ends;
    } answers[] = {
        {"200 OK", true},      {"200 OK", true},   {"481 Gone", true},
        {"408 Timeout", true}, {"407 Who", false}, {"500 No", false},
    };
    unsigned which = draw(sizeof answers / sizeof *answers + 2);
    send_within(call, draw(2), "BYE");
    if (which < sizeof answers / sizeof *answers) {
        answer_within(call, answers[which].status, "");
        if (answers[which].ends)
            end_counting(call);
    } else if (which == sizeof answers / sizeof *answers) {
        const struct endpoint to = place(call->from_caller ? "192.0.2.101" : "198.51.100.1");
        proxy_unreachable(proxy, &to, slice_of(call->request), CAUSE_UNREACHABLE, now, unix_start + (int64_t)now);
        end_counting(call);
    } else if (call->counts && now + TIMER_F < call->ends) {
        call->ends = now + TIMER_F;
        call->state = LEFT_ALONE;
    }
}

static void go_on_talking(struct model *call) {
    switch (draw(6)) {
    case 0: refresh(call); break;
    case 1: answer_invite(call, "200 OK", "Session-Expires: 90\r\n"); break; /* again: it changes nothing */
    case 2: call->state = LEFT_ALONE; break;                                 /* nobody ever hangs up */
    case 3: break;
    default: be_hung_up(call); break;
    }
    if (!call->counts)
        call->state = LEFT_ALONE;
}

static void something(void) {
    static const unsigned times[] = {0, 0, 0, 1, 3, 10, 30, 100};
    unsigned oldest = born > OPEN ? born - OPEN : 0;
    pass(now + times[draw(sizeof times / sizeof *times)]);
    let_time_end_them();
    if (born < CALLS && draw(5) == 0) {
        be_born();
        return;
    }
    struct model *call = &calls[oldest + draw(born - oldest)];
    switch (call->state) {
    case CALLING: go_on_calling(call); break;
    case RINGING: go_on_ringing(call); break;
    case CANCELLING: go_on_cancelling(call); break;
    case ANSWERED: go_on_talking(call); break;
    case UNBORN:
    case LEFT_ALONE: break;
    }
}

/* To = sip:100@192.0.2.101, $routename = what Subject says. */
static uint8_t *make_image(struct image *image) {
    struct assembly a = {0};
    struct image_refusal refusal;
    size_t length;
    rule(&a, 0, 0, "");
    op(&a, OP_TEXT, 0, 0, text(&a, "sip:100@192.0.2.101"));
    op(&a, OP_SET_TO, 0, 0, 0);
    op(&a, OP_HEADER, name(&a, "Subject", IMAGE_NAME_READ), 0, 0);
    op(&a, OP_SET, VARIABLE_ROUTENAME, 0, 0);
    op(&a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = assemble(&a, &length);
    cr_assert_eq(verify_image(image, bytes, length, &refusal), 0, "%s", refusal.reason);
    return bytes;
}

static void forget(void) {
    for (unsigned i = 0; i < CALLS; i++) {
        free(calls[i].invite);
        free(calls[i].request);
    }
    memset(calls, 0, sizeof calls);
    memset(on_route, 0, sizeof on_route);
    born = counting = 0;
}

Test(sessions, ten_thousand_calls_are_counted_exactly_however_they_end) {
    enum { SEED = 20261125 };
    static const struct proxy_seed keys = {{{1}}, {{2}}, {{3}}};
    const struct endpoint listener = place("203.0.113.1");
    const struct proxy_settings settings = {.timers = {500, 4000, 5000},
                                            .timer_c = 181000,
                                            .record_route = true,
                                            .max_session = LONGEST,
                                            .listeners = &listener,
                                            .listener_count = 1,
                                            .addresses = &listener.ip,
                                            .address_count = 1};
    struct image image;
    uint8_t *bytes = make_image(&image);
    unsigned steps = 0, most = 0;
    proxy = proxy_new(&settings, &keys, &image, &world);
    cr_assert_not_null(proxy);
    state = SEED;
    now = START;
    be_born();
    for (; born < CALLS; steps++) {
        something();
        most = counting > most ? counting : most;
        if (steps % 50 == 0)
            check(SEED);
    }
    cr_log_info("seed %u: %u steps, at most %u sessions at once", (unsigned)SEED, steps, most);
    pass(now + SESSION_WINDOW);
    check(SEED);
    cr_expect_eq(sessions_rate(proxy->sessions, now), 0);
    pass(now + 2 * LONGEST);
    check(SEED);
    cr_expect_eq(counting, 0);
    cr_expect_eq(sessions_routes(proxy->sessions), 0);
    cr_expect_eq(sessions_live(proxy->sessions), 0);
    cr_expect_eq(transactions_unanswered(proxy->transactions), 0);
    cr_expect_eq(proxy_live(proxy), 0);
    proxy_free(proxy);
    forget();
    free(bytes);
}
