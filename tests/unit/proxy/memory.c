/* SPDX-License-Identifier: MIT */
/* Calls through a proxy that runs out of memory at every single allocation, one after the other. */
#include "runtime/sip/digest.h"
#include "runtime/state/nonce.h"

#include "tests/unit/proxy/support/calls.h"
#include "tests/unit/sip/failing_malloc.h"

enum { BODY = 60000 };

/* A redirection to two places, one busy after ringing, one silent; then one asks who is there, and
 * the last answers. */
static void answered_call(struct proxy *proxy) {
    from_caller(proxy, "INVITE", 1, "");
    answer_newest(proxy, "302 Moved", "Contact: <sip:a@192.0.2.7>;q=0.5, <sip:b@192.0.2.8?x=y>;q=0.7\r\n");
    answer_newest(proxy, "180 Ringing", "");
    answer_newest(proxy, "486 Busy", "");
    pass(proxy, seen.now + 11000);
    answer_newest(proxy, "407 Who", "Proxy-Authenticate: Digest realm=\"x\"\r\n");
    answer_newest(proxy, "200 OK", "Contact: <sip:x@192.0.2.103>\r\n");
}

/* Given up while it rings; what the target says to the CANCEL comes too late. */
static void cancelled_call(struct proxy *proxy) {
    from_caller(proxy, "INVITE", 2, "");
    answer_newest(proxy, "180 Ringing", "");
    from_caller(proxy, "CANCEL", 2, "Reason: SIP;cause=600\r\n");
    pass(proxy, seen.now + 3000);
    answer_newest(proxy, "487 Terminated", "");
}

/* Everybody is busy: the best of all goes up. */
static void failed_call(struct proxy *proxy) {
    from_caller(proxy, "INVITE", 3, "Subject: first\r\n");
    answer_newest(proxy, "401 Who", "WWW-Authenticate: Digest realm=\"y\"\r\n");
    answer_newest(proxy, "486 Busy", "");
    answer_newest(proxy, "503 Full", "Retry-After: 5\r\n");
}

static void load_contact(struct proxy *proxy, const char *contact, uint16_t q) {
    const struct store_row row = {.kind = STORE_BINDING,
                                  .binding = {.user = SLICE("bob"),
                                              .contact = slice_of(contact),
                                              .call_id = SLICE("r"),
                                              .path = SLICE_EMPTY,
                                              .q = q,
                                              .expires = 1767225600000 + 60000,
                                              .received = place("192.0.2.9"),
                                              .local = place("203.0.113.1"),
                                              .nat = true}};
    proxy_load(proxy, &row, seen.now, 1767225600000);
}

/* A redirection to a user of ours, who has two contacts behind a NAT: one is busy, one answers. */
static void registered_call(struct proxy *proxy) {
    load_contact(proxy, "sip:desk@10.0.0.7", 900);
    load_contact(proxy, "sip:mobile@10.0.0.8", 500);
    from_caller(proxy, "INVITE", 5, "Contact: <sip:caller@10.0.0.9>\r\n");
    answer_newest(proxy, "302 Moved", "Contact: <sip:bob@203.0.113.1>\r\n");
    answer_newest(proxy, "486 Busy", "");
    answer_newest(proxy, "180 Ringing", "Contact: <sip:mobile@10.0.0.8>\r\n");
    answer_newest(proxy, "200 OK", "Contact: <sip:mobile@10.0.0.8>\r\n");
}

/* He is asked who he is, and says it. Whatever memory there is, nobody gets through without that. */
static void authenticated_call(struct proxy *proxy) {
    struct digest_text ha1, response;
    char line[512];
    digest_ha1(DIGEST_SHA256, SLICE("bob"), SLICE("fov"), SLICE("secret"), &ha1);
    const struct store_row bob = {
        .kind = STORE_USER,
        .user = {.name = SLICE("bob"), .realm = SLICE("fov"), .sha256 = {ha1.digits, 64}, .allow = SLICE("*")},
    };
    proxy_load(proxy, &bob, seen.now, 1767225600000);
    from_caller(proxy, "INVITE", 4, "");
    cr_expect_eq(seen.attempts, 0);
    const char *nonce = strstr(seen.response, " nonce=\"");
    if (seen.final != 407 || !nonce)
        return;
    const struct digest_input input = {.method = SLICE("INVITE"),
                                       .uri = SLICE("sip:100@fov.example"),
                                       .nonce = {nonce + 8, NONCE_LENGTH},
                                       .nc = SLICE("00000001"),
                                       .cnonce = SLICE("c"),
                                       .qop = SLICE("auth")};
    digest_response(DIGEST_SHA256, &ha1, &input, &response);
    snprintf(
        line, sizeof line,
        "Proxy-Authorization: Digest username=\"bob\", realm=\"fov\", nonce=\"%.*s\", uri=\"sip:100@fov.example\", "
        "response=\"%.64s\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"c\"\r\n",
        (int)NONCE_LENGTH, nonce + 8, response.digits);
    from_caller(proxy, "ACK", 4, "");
    seen.final = seen.finals = 0;
    seen.closed = false;
    from_caller(proxy, "INVITE", 5, line);
    answer_newest(proxy, "200 OK", "Contact: <sip:x@192.0.2.101>\r\n");
}

/* Two services, two addresses each, no NAPTR record. */
static void answer_names(struct proxy *proxy) {
    const struct dns_record services[] = {{.order = 1, .port = 5060, .name = SLICE("one.example.net")},
                                          {.order = 2, .port = 5060, .name = SLICE("two.example.net")}};
    static uint8_t last;
    while (seen.asked) {
        enum dns_type type = seen.questions[--seen.asked].type;
        uint8_t one = ++last, two = ++last;
        const struct dns_record addresses[] = {{.ip = {4, {192, 0, 2, one}}}, {.ip = {4, {192, 0, 2, two}}}};
        struct dns_answer answer = {.status = DNS_NODATA};
        if (type == DNS_SRV || type == DNS_A)
            answer = (struct dns_answer){DNS_FOUND, 60, 2, type == DNS_A ? addresses : services};
        proxy_named(proxy, seen.questions[seen.asked].id, &answer, seen.now, 1767225600000);
    }
}

/* A redirection to a name, the first place of which has no time, the second one no answer, and the third one is it. */
static void named_call(struct proxy *proxy) {
    from_caller(proxy, "INVITE", 6, "");
    answer_newest(proxy, "302 Moved", "Contact: <sip:a@example.net>\r\n");
    answer_names(proxy);
    answer_newest(proxy, "503 Full", "Retry-After: 5\r\n");
    pass(proxy, seen.now + 4000);
    answer_newest(proxy, "200 OK", "Contact: <sip:a@example.net>\r\n");
}

/* So long that one event needs more memory than is there from the start. */
static void long_call(struct proxy *proxy) {
    static char bytes[TEXT_MAX];
    struct endpoint caller = place("198.51.100.1");
    snprintf(bytes, sizeof bytes,
             "INVITE sip:100@fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bK-9\r\n"
             "From: <sip:caller@198.51.100.1>;tag=c\r\nTo: <sip:100@fov.example>\r\nCall-ID: "
             "story\r\nCSeq: 1 INVITE\r\n"
             "Content-Length: %u\r\n\r\n%0*u",
             (unsigned)BODY, (int)BODY, 0u);
    receive(proxy, &caller, bytes);
    answer_newest(proxy, "486 Busy", "");
    answer_newest(proxy, "180 Ringing", "");
    answer_newest(proxy, "200 OK", "");
}

typedef void play(struct proxy *proxy);

/* The number of allocations that the play asks for; they fail from `left` on. */
static long run(play *story, const struct image *image, long left) {
    struct proxy *proxy = new_proxy(image);
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
    static play *const stories[] = {answered_call,      cancelled_call, failed_call, registered_call,
                                    authenticated_call, named_call,     long_call};
    struct image image;
    uint8_t *bytes = make_image(&image);
    for (unsigned i = 0; i < sizeof stories / sizeof *stories; i++) {
        long all = run(stories[i], &image, LONG_MAX);
        cr_assert(all > 5 && all < 1000, "%ld allocations", all);
        cr_expect_eq(seen.records, 1);
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
