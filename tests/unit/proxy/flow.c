/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/flow.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct hash_key secret = {{1, 2, 3}};

static struct endpoint place(enum transport transport, const char *ip, uint16_t port) {
    struct endpoint endpoint = {.port = port, .transport = (uint8_t)transport};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

static struct flow_key key_of(const struct hash_key *from) {
    struct flow_key key;
    flow_key_init(&key, from);
    return key;
}

static bool same(const struct flow_place *a, const struct flow_place *b) {
    return endpoint_equal(&a->remote, &b->remote) && endpoint_equal(&a->local, &b->local) && a->loss == b->loss;
}

static struct flow_place four(void) {
    return (struct flow_place){place(TRANSPORT_TLS, "203.0.113.9", 40000), place(TRANSPORT_TLS, "192.0.2.1", 5061),
                               FLOW_BOUND};
}

static struct flow_place six(void) {
    return (struct flow_place){place(TRANSPORT_UDP, "2001:db8::9", 65535), place(TRANSPORT_UDP, "2001:db8::1", 1),
                               FLOW_REOPENED};
}

static struct flow_place near(void) {
    struct flow_place flow = {place(TRANSPORT_WS, "fe80::9", 5060), place(TRANSPORT_WS, "fe80::1", 80), FLOW_LEFT};
    flow.remote.scope = flow.local.scope = 0xfffffffe;
    return flow;
}

Test(flow, a_token_says_what_was_written_and_may_stand_in_a_uri) {
    const struct flow_place flows[] = {four(), six(), near()};
    static const size_t lengths[] = {31, 63, 68};
    const struct flow_key key = key_of(&secret);
    for (unsigned i = 0; i < sizeof flows / sizeof *flows; i++) {
        char text[FLOW_TOKEN_MAX];
        struct flow_place read;
        struct slice token = flow_token(&flows[i], &key, SLICE("call@example"), text);
        cr_expect_eq(token.len, lengths[i]);
        for (size_t j = 0; j < token.len; j++)
            cr_expect(byte_is_alnum((unsigned char)token.at[j]) || token.at[j] == '-' || token.at[j] == '_');
        cr_assert(flow_read(&read, &key, SLICE("call@example"), token));
        cr_expect(same(&flows[i], &read));
    }
}

/* Tokens outlive the process that has written them: what they look like is kept. */
Test(flow, tokens_of_earlier_versions_are_read) {
    const struct flow_key key = key_of(&secret);
    const struct flow_place flow = four();
    struct flow_place read;
    cr_assert(flow_read(&read, &key, SLICE_EMPTY, SLICE("KlSrj9qsS_7qjkLLAHEJnEDAAAIBE8U")));
    cr_expect(same(&flow, &read));
}

Test(flow, it_holds_for_one_dialog_under_one_key_alone) {
    static const struct hash_key other = {{1, 2, 4}};
    const struct flow_key key = key_of(&secret), wrong = key_of(&other);
    const struct flow_place flow = four();
    char text[FLOW_TOKEN_MAX];
    struct flow_place read;
    struct slice token = flow_token(&flow, &key, SLICE("a"), text);
    cr_expect(flow_read(&read, &key, SLICE("a"), token));
    cr_expect_not(flow_read(&read, &key, SLICE("b"), token));
    cr_expect_not(flow_read(&read, &key, SLICE_EMPTY, token));
    cr_expect_not(flow_read(&read, &wrong, SLICE("a"), token));
    cr_expect_not(flow_is(&read));
}

/* Every bit, and every text that stands for the same bytes. */
static void refuses_changes(const struct flow_place *flow) {
    const struct flow_key key = key_of(&secret);
    char text[FLOW_TOKEN_MAX + 1];
    struct flow_place read;
    struct slice token = flow_token(flow, &key, SLICE("a"), text);
    for (size_t at = 0; at < token.len; at++) {
        char right = text[at];
        for (unsigned byte = 0; byte < 256; byte++) {
            text[at] = (char)byte;
            cr_assert_eq(flow_read(&read, &key, SLICE("a"), token), text[at] == right, "%zu: %u", at, byte);
        }
        text[at] = right;
        cr_expect_not(flow_read(&read, &key, SLICE("a"), slice_cut(token, 0, at)));
    }
    for (unsigned byte = 0; byte < 256; byte++) {
        text[token.len] = (char)byte;
        cr_expect_not(flow_read(&read, &key, SLICE("a"), (struct slice){text, token.len + 1}));
    }
}

Test(flow, nothing_may_be_changed) {
    const struct flow_place flows[] = {four(), six(), near()};
    for (unsigned i = 0; i < sizeof flows / sizeof *flows; i++)
        refuses_changes(&flows[i]);
}

/* Even under our own key. */
Test(flow, nobodys_place_is_none) {
    const struct flow_key key = key_of(&secret);
    static const char *const nobody[] = {"0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "ff02::1"};
    char text[FLOW_TOKEN_MAX];
    struct flow_place read, flow;
    for (unsigned i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        flow = nobody[i][0] == ':' || nobody[i][0] == 'f' ? six() : four();
        cr_assert(ip_parse(&flow.remote.ip, slice_of(nobody[i])));
        cr_expect_not(flow_read(&read, &key, SLICE_EMPTY, flow_token(&flow, &key, SLICE_EMPTY, text)), "%s", nobody[i]);
    }
    flow = four();
    flow.remote.port = 0;
    cr_expect_not(flow_read(&read, &key, SLICE_EMPTY, flow_token(&flow, &key, SLICE_EMPTY, text)));
}
