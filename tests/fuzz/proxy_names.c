/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/proxy_names.h"

#include <stdlib.h>

static const char *const addresses[] = {"192.0.2.101", "192.0.2.102", "192.0.2.103", "192.0.2.104",
                                        "127.0.0.1",   "224.0.1.75",  "192.0.2.1",   "0.0.0.0"};
static const char *const six[] = {"2001:db8::5", "ff02::1", "2001:db8::1", "::1"};
static const char *const targets[] = {"h1.example.net", "h2.example.net", "", "_sip._udp.example.net"};
static const char *const services[] = {"SIP+D2U", "SIP+D2T", "SIPS+D2T", "E2U+sip"};

#define PICK(list, number) (list)[(number) % (sizeof(list) / sizeof *(list))]

static struct ip_address address_of(const char *text) {
    struct ip_address ip;
    if (!ip_parse(&ip, slice_of(text)))
        abort();
    return ip;
}

bool names_ask(struct name_servers *servers, uint32_t id, struct slice name, enum dns_type type, uint64_t now) {
    static const uint32_t delays[] = {0, 0, 1, 20, 400, 1200, 3000, 4500};
    if (servers->count == NAME_QUESTIONS)
        return false;
    uint64_t hash = hash_open(name.at, name.len) + 31 * (uint64_t)type + now / 7000; /* other times, other answers */
    hash = hash_open(&hash, sizeof hash);
    servers->questions[servers->count++] =
        (struct name_question){.id = id, .due = now + PICK(delays, hash >> 8), .hash = hash, .type = type};
    return true;
}

uint64_t names_due(const struct name_servers *servers) {
    uint64_t due = UINT64_MAX;
    for (unsigned i = 0; i < servers->count; i++)
        due = servers->questions[i].due < due ? servers->questions[i].due : due;
    return due;
}

static struct dns_record make_record(enum dns_type type, uint64_t hash) {
    struct dns_record record = {.order = (uint16_t)(hash >> 16 & 1),
                                .preference = (uint16_t)(hash >> 24 & 3),
                                .port = (uint16_t)(5060 + (hash >> 32 & 1)),
                                .name = SLICE_EMPTY,
                                .service = SLICE_EMPTY,
                                .flags = SLICE_EMPTY};
    switch (type) {
    case DNS_A: record.ip = address_of(PICK(addresses, hash)); break;
    case DNS_AAAA: record.ip = address_of(PICK(six, hash)); break;
    case DNS_SRV: record.name = slice_of(PICK(targets, hash)); break;
    case DNS_NAPTR:
        record.name = slice_of(PICK(targets, hash >> 4));
        record.service = slice_of(PICK(services, hash));
        record.flags = hash & 16 ? SLICE("s") : SLICE("a");
        break;
    case DNS_TYPES: break;
    }
    return record;
}

struct dns_answer names_take(struct name_servers *servers, struct dns_record records[DNS_RECORDS_MAX], uint32_t *id) {
    static const enum dns_status statuses[] = {DNS_FOUND, DNS_FOUND,    DNS_FOUND,  DNS_FOUND,
                                               DNS_FOUND, DNS_NXDOMAIN, DNS_NODATA, DNS_SILENT};
    unsigned first = 0;
    for (unsigned i = 1; i < servers->count; i++)
        if (servers->questions[i].due < servers->questions[first].due)
            first = i;
    struct name_question question = servers->questions[first];
    servers->questions[first] = servers->questions[--servers->count];
    *id = question.id;
    struct dns_answer answer = {.status = PICK(statuses, question.hash >> 12), .ttl = question.hash >> 20 & 63};
    if (answer.status != DNS_FOUND)
        return answer;
    answer.records = records;
    for (unsigned wanted = 1 + (question.hash >> 40) % 5; answer.count < wanted; answer.count++) {
        records[answer.count] = make_record(question.type, question.hash);
        question.hash = hash_open(&question.hash, sizeof question.hash);
    }
    return answer;
}

bool names_lead_to(const struct ip_address *ip) {
    for (unsigned i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct ip_address one = address_of(addresses[i]);
        if (ip_equal(ip, &one))
            return true;
    }
    for (unsigned i = 0; i < sizeof six / sizeof *six; i++) {
        struct ip_address one = address_of(six[i]);
        if (ip_equal(ip, &one))
            return true;
    }
    return false;
}
