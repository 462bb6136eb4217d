/* SPDX-License-Identifier: MIT */
#include "runtime/net/udp.h"

#include "runtime/net/udp_error.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

enum { BIG = 65507 };

struct seen {
    unsigned received, failed;
    struct endpoint source, local, failed_remote;
    char bytes[BIG], quoted[BIG];
    size_t length, quoted_length;
    enum cause cause;
};

static void note_received(void *context, const struct udp_datagram *datagram) {
    struct seen *seen = context;
    seen->received++;
    seen->source = datagram->source;
    seen->local = datagram->local;
    seen->length = datagram->bytes.len;
    memcpy(seen->bytes, datagram->bytes.at, datagram->bytes.len);
}

static void note_failed(void *context, const struct udp_failure *failure) {
    struct seen *seen = context;
    seen->failed++;
    seen->failed_remote = failure->remote;
    seen->cause = failure->cause;
    seen->quoted_length = failure->quoted.len < BIG ? failure->quoted.len : BIG;
    memcpy(seen->quoted, failure->quoted.at, seen->quoted_length);
}

static struct endpoint at(const char *ip, uint16_t port) {
    struct endpoint endpoint = {.port = port, .transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

/* A container may have none, or none but the sockets. */
static bool has_v6(void) {
    const struct udp_events events = {0};
    const struct endpoint address = at("::1", 0);
    struct udp_listener *listener;
    if (udp_open(&listener, &address, &events) != 0)
        return false;
    udp_close(listener);
    return true;
}

static struct udp_listener *listen_at(const char *ip, struct seen *seen) {
    const struct udp_events events = {.received = note_received, .failed = note_failed, .context = seen};
    const struct endpoint address = at(ip, 0);
    struct udp_listener *listener;
    cr_assert_eq(udp_open(&listener, &address, &events), 0);
    cr_assert_neq(udp_bound(listener)->port, 0);
    return listener;
}

/* Waits until the socket has something to say, and lets it. */
static void hear(struct udp_listener *listener) {
    struct pollfd ready = {.fd = udp_fd(listener), .events = POLLIN};
    cr_assert_eq(poll(&ready, 1, 5000), 1);
    udp_receive(listener);
}

/* A port that nobody listens on: one that was free a moment ago. */
static struct endpoint closed_port(const char *ip) {
    struct seen seen;
    struct udp_listener *listener = listen_at(ip, &seen);
    struct endpoint closed = *udp_bound(listener);
    udp_close(listener);
    return closed;
}

static void wildcard(const char *any, const char *one, const char *peer_ip) {
    static struct seen server_seen, peer_seen;
    struct udp_listener *server = listen_at(any, &server_seen), *peer = listen_at(peer_ip, &peer_seen);
    struct endpoint asked = at(one, udp_bound(server)->port);
    memset(&server_seen, 0, sizeof server_seen);
    cr_assert(udp_queue(peer, udp_bound(peer), &asked, SLICE("hello")));
    cr_assert_eq(udp_flush(peer), UDP_EMPTY);
    hear(server);
    cr_assert_eq(server_seen.received, 1);
    cr_expect(endpoint_equal(&server_seen.local, &asked));
    cr_expect(endpoint_equal(&server_seen.source, udp_bound(peer)));
    cr_expect(server_seen.length == 5 && memcmp(server_seen.bytes, "hello", 5) == 0);
    cr_assert(udp_queue(server, &server_seen.local, &server_seen.source, SLICE("answer")));
    udp_flush(server);
    hear(peer);
    cr_expect(endpoint_equal(&peer_seen.source, &asked), "the answer comes from where the question went to");
    udp_close(server);
    udp_close(peer);
}

Test(udp, behind_a_wildcard_answers_leave_from_the_address_that_was_asked) {
    wildcard("0.0.0.0", "127.0.0.73", "127.0.0.9");
}

Test(udp, behind_the_ipv6_wildcard_too) {
    if (!has_v6())
        cr_skip("no IPv6 on this machine");
    wildcard("::", "::1", "::1");
}

Test(udp, both_wildcards_share_a_port) {
    if (!has_v6())
        cr_skip("no IPv6 on this machine");
    static struct seen seen;
    struct udp_listener *v4 = listen_at("0.0.0.0", &seen), *v6;
    const struct udp_events events = {.received = note_received, .failed = note_failed, .context = &seen};
    struct endpoint address = at("::", udp_bound(v4)->port);
    cr_expect_eq(udp_open(&v6, &address, &events), 0);
    udp_close(v4);
    udp_close(v6);
}

static void refused(const char *ip) {
    static struct seen seen;
    struct udp_listener *listener = listen_at(ip, &seen);
    struct endpoint closed = closed_port(ip);
    memset(&seen, 0, sizeof seen);
    cr_assert(udp_queue(listener, udp_bound(listener), &closed, SLICE("INVITE sip:a@b SIP/2.0\r\nVia: x")));
    udp_flush(listener);
    hear(listener);
    cr_assert_eq(seen.failed, 1);
    cr_expect_eq(seen.cause, CAUSE_UNREACHABLE);
    cr_expect(endpoint_equal(&seen.failed_remote, &closed));
    cr_expect(seen.quoted_length == 30 && memcmp(seen.quoted, "INVITE sip:a@b SIP/2.0\r\nVia: x", 30) == 0);
    udp_close(listener);
}

Test(udp, a_closed_port_is_told_with_the_datagram_that_met_it) {
    refused("127.0.0.1");
    if (has_v6())
        refused("::1");
}

Test(udp, an_error_of_another_destination_does_not_keep_a_datagram_back) {
    static struct seen seen, peer_seen;
    struct udp_listener *listener = listen_at("127.0.0.1", &seen), *peer = listen_at("127.0.0.1", &peer_seen);
    for (unsigned i = 0; i < 5; i++) {
        struct endpoint closed = closed_port("127.0.0.1");
        udp_queue(listener, udp_bound(listener), &closed, SLICE("lost"));
        udp_flush(listener); /* the ICMP is there at once on loopback: the next send reports it */
    }
    cr_assert(udp_queue(listener, udp_bound(listener), udp_bound(peer), SLICE("kept")));
    cr_assert_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect_eq(seen.failed, 0, "nothing failed in sending");
    hear(peer);
    cr_expect_eq(peer_seen.received, 1);
    hear(listener);
    cr_expect_eq(seen.failed, 5, "each is told from the error queue");
    udp_close(listener);
    udp_close(peer);
}

/* Whoever can send us ICMP must not keep us from everything else. */
Test(udp, of_many_errors_one_batch_is_told_at_a_time) {
    static struct seen seen;
    struct udp_listener *listener = listen_at("127.0.0.1", &seen);
    struct endpoint closed = closed_port("127.0.0.1");
    for (unsigned i = 0; i < 2 * UDP_BATCH; i++) {
        udp_queue(listener, udp_bound(listener), &closed, SLICE("lost"));
        udp_flush(listener);
    }
    for (unsigned told = UDP_BATCH; told <= 2 * UDP_BATCH; told += UDP_BATCH) {
        cr_expect(udp_receive(listener), "there may be more");
        cr_expect_eq(seen.failed, told);
    }
    while (udp_receive(listener))
        continue;
    cr_expect_eq(seen.failed, 2 * UDP_BATCH);
    udp_close(listener);
}

Test(udp, what_finds_the_receive_buffer_full_is_counted) {
    static struct seen seen, peer_seen;
    struct udp_listener *listener = listen_at("127.0.0.1", &seen), *peer = listen_at("127.0.0.1", &peer_seen);
    int size = 1;
    unsigned sent = 0;
    cr_expect_geq(udp_receive_buffer(listener), 200000, "Linux grants that to everybody");
    cr_assert_eq(setsockopt(udp_fd(listener), SOL_SOCKET, SO_RCVBUF, &size, sizeof size), 0);
    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 200; i++, sent++)
            udp_queue(peer, udp_bound(peer), udp_bound(listener), SLICE("one of too many"));
        udp_flush(peer);
        while (udp_receive(listener))
            continue;
    }
    /* The kernel tells with the next one that gets through. */
    udp_queue(peer, udp_bound(peer), udp_bound(listener), SLICE("and one more"));
    sent++;
    udp_flush(peer);
    hear(listener);
    cr_expect_gt(udp_losses(listener).received, 0);
    cr_expect_eq(udp_losses(listener).received + seen.received, sent);
    cr_expect_eq(udp_losses(listener).sent, 0);
    udp_close(listener);
    udp_close(peer);
}

Test(udp, what_udp_cannot_carry_fails_here_and_leaves_the_rest_in_order) {
    static struct seen seen, peer_seen;
    static char bytes[BIG + 1];
    struct udp_listener *listener = listen_at("127.0.0.1", &seen), *peer = listen_at("127.0.0.1", &peer_seen);
    memset(bytes, 'x', sizeof bytes);
    udp_queue(listener, udp_bound(listener), udp_bound(peer), (struct slice){bytes, BIG + 1});
    udp_queue(listener, udp_bound(listener), udp_bound(peer), (struct slice){bytes, BIG});
    cr_assert_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect(seen.failed == 1 && seen.cause == CAUSE_LOCAL_LIMIT);
    hear(peer);
    cr_expect(peer_seen.received == 1 && peer_seen.length == BIG);
    udp_close(listener);
    udp_close(peer);
}

Test(udp, many_datagrams_leave_in_order) {
    static struct seen seen, peer_seen;
    struct udp_listener *listener = listen_at("127.0.0.1", &seen), *peer = listen_at("127.0.0.1", &peer_seen);
    char text[16];
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "%u", i);
        cr_assert(udp_queue(listener, udp_bound(listener), udp_bound(peer), slice_of(text)));
    }
    cr_expect(udp_pending(listener));
    cr_assert_eq(udp_flush(listener), UDP_EMPTY);
    cr_expect_not(udp_pending(listener));
    while (peer_seen.received < 1000)
        hear(peer);
    cr_expect(peer_seen.length == 3 && memcmp(peer_seen.bytes, "999", 3) == 0);
    udp_close(listener);
    udp_close(peer);
}

static const struct {
    unsigned family, type, code;
    enum cause cause;
} icmp[] = {
    {4, 3, 0, CAUSE_UNREACHABLE}, /* net, host, protocol, port (RFC 792) */
    {4, 3, 1, CAUSE_UNREACHABLE},  {4, 3, 2, CAUSE_UNREACHABLE}, {4, 3, 3, CAUSE_UNREACHABLE},
    {4, 3, 13, CAUSE_UNREACHABLE}, /* administratively prohibited (RFC 1812) */
    {4, 3, 4, CAUSE_NONE},         /* fragmentation needed: the path's MTU, not the target */
    {4, 12, 0, CAUSE_UNREACHABLE}, /* parameter problem (RFC 3261 18.4) */
    {4, 11, 0, CAUSE_NONE},        /* time exceeded */
    {4, 4, 0, CAUSE_NONE},         /* source quench */
    {6, 1, 4, CAUSE_UNREACHABLE},  {6, 1, 0, CAUSE_UNREACHABLE}, {6, 4, 1, CAUSE_UNREACHABLE},
    {6, 2, 0, CAUSE_NONE},         {6, 3, 0, CAUSE_NONE},
};

Test(udp, of_icmp_only_what_fails_a_target_counts) {
    for (size_t i = 0; i < sizeof icmp / sizeof icmp[0]; i++)
        cr_expect_eq(udp_error_icmp_cause(icmp[i].family, icmp[i].type, icmp[i].code), icmp[i].cause, "row %zu", i);
}
