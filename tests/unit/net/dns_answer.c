/* SPDX-License-Identifier: MIT */
#include "runtime/net/dns_answer.h"

#include "tests/live/dns_zone.h"

#include <criterion/criterion.h>

static char buffer[64 * 1024];
static struct arena arena;

static void start(void) {
    arena_init(&arena, buffer, sizeof buffer, sizeof buffer);
    zone_count = 0;
}

TestSuite(dns_answer, .init = start);

/* What the zone so far answers to a question. */
static struct zone_reply reply_to(const char *name, enum dns_type type) {
    static const unsigned types[DNS_TYPES] = {1, 28, 33, 35};
    struct zone_reply question = {.length = 0}, reply;
    zone_put(&question, 0x1234, 2);
    zone_put(&question, 0x0100, 2);
    zone_put(&question, 1, 2);
    zone_put(&question, 0, 4);
    zone_put(&question, 0, 2);
    zone_put_name(&question, name);
    zone_put(&question, types[type], 2);
    zone_put(&question, 1, 2);
    zone_answer(&reply, question.bytes, question.length, false);
    cr_assert_neq(reply.length, 0u);
    return reply;
}

static struct dns_answer read_bytes(const uint8_t *bytes, size_t length, enum dns_type type) {
    struct dns_answer answer;
    dns_answer_read(&answer, (struct slice){(const char *)bytes, length}, type, &arena);
    return answer;
}

static struct dns_answer ask(const char *name, enum dns_type type) {
    struct zone_reply reply = reply_to(name, type);
    return read_bytes(reply.bytes, reply.length, type);
}

static void expect_text(struct slice found, const char *expected) {
    cr_expect(slice_equal(found, slice_of(expected)), "%.*s instead of %s", SLICE_ARG(found), expected);
}

Test(dns_answer, reads_addresses) {
    char text[IP_TEXT];
    zone_add("a.example.net A 192.0.2.1");
    zone_add("a.example.net A 192.0.2.2");
    zone_add("a.example.net AAAA 2001:db8::1");
    struct dns_answer answer = ask("a.example.net", DNS_A);
    cr_assert_eq(answer.status, DNS_FOUND);
    cr_assert_eq(answer.count, 2u);
    cr_expect_eq(answer.ttl, 60u);
    cr_expect_str_eq(ip_format(&answer.records[0].ip, text), "192.0.2.1");
    cr_expect_str_eq(ip_format(&answer.records[1].ip, text), "192.0.2.2");
    answer = ask("A.EXAMPLE.net", DNS_AAAA);
    cr_assert_eq(answer.count, 1u);
    cr_expect_str_eq(ip_format(&answer.records[0].ip, text), "2001:db8::1");
}

/* RFC 2181 8: a TTL whose first bit is set is 0. Of several the shortest counts, that of an alias too. */
Test(dns_answer, reads_how_long_it_holds) {
    static const struct {
        uint8_t bytes[4];
        uint32_t ttl;
    } rows[] = {{{0, 0, 0, 0}, 0}, {{0, 0, 0, 59}, 59}, {{0x7f, 0xff, 0xff, 0xff}, 60}, {{0x80, 0, 0, 59}, 0}};
    zone_add("a.example.net CNAME b.example.net");
    zone_add("b.example.net A 192.0.2.1");
    struct zone_reply reply = reply_to("a.example.net", DNS_A);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        memcpy(reply.bytes + reply.length - 10, rows[i].bytes, 4); /* of the address; the alias has 60 s */
        struct dns_answer answer = read_bytes(reply.bytes, reply.length, DNS_A);
        cr_expect_eq(answer.count, 1u);
        cr_expect_eq(answer.ttl, rows[i].ttl, "row %u: %u", i, answer.ttl);
    }
}

Test(dns_answer, reads_services) {
    zone_add("example.net NAPTR 10 20 s SIP+D2U _sip._udp.example.net");
    zone_add("_sip._udp.example.net SRV 1 2 5060 sip.example.net");
    zone_add("_sip._udp.example.net SRV 3 4 5061 .");
    struct dns_answer answer = ask("example.net", DNS_NAPTR);
    cr_assert_eq(answer.count, 1u);
    cr_expect_eq(answer.records[0].order, 10);
    cr_expect_eq(answer.records[0].preference, 20);
    expect_text(answer.records[0].flags, "s");
    expect_text(answer.records[0].service, "SIP+D2U");
    expect_text(answer.records[0].name, "_sip._udp.example.net");
    answer = ask("_sip._udp.example.net", DNS_SRV);
    cr_assert_eq(answer.count, 2u);
    cr_expect_eq(answer.records[0].order, 1);
    cr_expect_eq(answer.records[0].preference, 2);
    cr_expect_eq(answer.records[0].port, 5060);
    expect_text(answer.records[0].name, "sip.example.net");
    expect_text(answer.records[1].name, "");
}

/* RFC 2782: no record of a lower priority may stand in for one that was left out. */
Test(dns_answer, of_too_many_services_those_that_come_first_in_order_are_kept) {
    char line[ZONE_TEXT];
    for (unsigned i = 0; i < 60; i++) {
        snprintf(line, sizeof line, "_sip._udp.a SRV %u 0 5060 b", (i * 7 + 30) % 60);
        zone_add(line);
        snprintf(line, sizeof line, "a NAPTR %u 0 s SIP+D2U _sip._udp.a", 59 - i);
        zone_add(line);
    }
    for (enum dns_type type = DNS_SRV; type <= DNS_NAPTR; type++) {
        struct dns_answer answer = ask(type == DNS_SRV ? "_sip._udp.a" : "a", type);
        uint64_t orders = 0;
        cr_assert_eq(answer.count, (unsigned)DNS_RECORDS_MAX);
        for (unsigned i = 0; i < answer.count; i++)
            orders |= UINT64_C(1) << answer.records[i].order;
        cr_expect_eq(orders, UINT32_MAX, "each of 0 to 31 once");
    }
}

Test(dns_answer, follows_aliases) {
    zone_add("a.example.net CNAME b.example.net");
    zone_add("b.example.net CNAME c.example.net");
    zone_add("c.example.net A 192.0.2.3");
    cr_expect_eq(ask("a.example.net", DNS_A).count, 1u);
    cr_expect_eq(ask("a.example.net", DNS_AAAA).status, DNS_NODATA);
}

/* Two aliases that lead to each other, and the address of neither. */
Test(dns_answer, aliases_in_a_circle_end) {
    struct zone_reply reply = {.length = 0};
    static const struct zone_line lines[] = {{"a", "CNAME", {"b"}, 1}, {"b", "CNAME", {"a"}, 1}};
    zone_put(&reply, 0x12348180, 4);
    zone_put(&reply, 0x00010002, 4);
    zone_put(&reply, 0, 4);
    zone_put_name(&reply, "a");
    zone_put(&reply, 0x00010001, 4);
    zone_put_record(&reply, &lines[0], "a");
    zone_put_record(&reply, &lines[1], "b");
    cr_expect_eq(read_bytes(reply.bytes, reply.length, DNS_A).status, DNS_NODATA);
}

Test(dns_answer, says_why_there_is_nothing_and_for_how_long) {
    zone_add("a.example.net A 192.0.2.1");
    zone_add("broken.example.net servfail");
    struct dns_answer answer = ask("a.example.net", DNS_SRV);
    cr_expect_eq(answer.status, DNS_NODATA);
    cr_expect_eq(answer.ttl, 30u);
    answer = ask("b.example.net", DNS_A);
    cr_expect_eq(answer.status, DNS_NXDOMAIN);
    cr_expect_eq(answer.ttl, 30u);
    struct zone_reply reply = reply_to("b.example.net", DNS_A);
    memset(reply.bytes + reply.length - 4, 0, 4); /* the SOA record's last field */
    answer = read_bytes(reply.bytes, reply.length, DNS_A);
    cr_expect_eq(answer.ttl, 1u, "no time is not the same as nothing said of it");
    cr_expect_eq(ask("broken.example.net", DNS_A).status, DNS_FAILED);
}

/* Not records of the name that was asked for: nobody may slip in another one's. */
Test(dns_answer, strangers_records_are_none) {
    struct zone_reply reply = {.length = 0};
    static const struct zone_line line = {"other", "A", {"192.0.2.1"}, 1};
    zone_put(&reply, 0x12348180, 4);
    zone_put(&reply, 0x00010001, 4);
    zone_put(&reply, 0, 4);
    zone_put_name(&reply, "a");
    zone_put(&reply, 0x00010001, 4);
    zone_put_record(&reply, &line, "other");
    cr_expect_eq(read_bytes(reply.bytes, reply.length, DNS_A).status, DNS_NODATA);
}

/* A name that points at itself, forwards, or behind the end; labels that no host has. */
Test(dns_answer, broken_names_are_refused) {
    static const struct {
        uint8_t bytes[8];
        size_t length;
    } names[] = {
        {{0xc0, 12}, 2}, {{0xc0, 14}, 2}, {{0xff, 0xff}, 2}, {{0xc0}, 1},      {{5, 'a'}, 2},
        {{0x80, 0}, 2},  {{0x40, 0}, 2},  {{1, ' ', 0}, 3},  {{1, '.', 0}, 3}, {{1, 0, 0}, 3},
    };
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone_reply reply = {.length = 0};
        zone_put(&reply, 0x12348180, 4);
        zone_put(&reply, 0x00010000, 4);
        zone_put(&reply, 0, 4);
        memcpy(reply.bytes + reply.length, names[i].bytes, names[i].length);
        reply.length += names[i].length;
        if (names[i].length != 1)
            zone_put(&reply, 0x00010001, 4);
        cr_expect_eq(read_bytes(reply.bytes, reply.length, DNS_A).status, DNS_FAILED, "name %u", i);
    }
}

/* Wherever it is cut, and whatever the memory: an answer or a failure, never a wrong record. */
Test(dns_answer, half_an_answer_is_none) {
    zone_add("example.net NAPTR 10 20 s SIP+D2U _sip._udp.example.net");
    zone_add("example.net NAPTR 30 40 s SIP+D2T _sip._tcp.example.net");
    struct zone_reply reply = reply_to("example.net", DNS_NAPTR);
    for (size_t length = 0; length < reply.length; length++) {
        uint8_t *copy = malloc(length ? length : 1); /* a sanitizer sees a byte too far */
        memcpy(copy, reply.bytes, length);
        cr_expect_eq(read_bytes(copy, length, DNS_NAPTR).status, DNS_FAILED, "%zu bytes", length);
        free(copy);
        arena_reset(&arena);
    }
    for (size_t limit = 0; limit < 400; limit += 16) {
        struct arena small;
        struct dns_answer answer;
        arena_init(&small, NULL, 0, limit + 1);
        dns_answer_read(&answer, (struct slice){(const char *)reply.bytes, reply.length}, DNS_NAPTR, &small);
        cr_expect(answer.status == DNS_FAILED || answer.count == 2);
        arena_free(&small);
    }
}
