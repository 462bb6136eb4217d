/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/branch.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static const struct hash_key key = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

/* A plan that reads User-Agent and X-Tenant, and sets (does not read) Subject. */
static const struct image_name names[] = {
    {0, HEADER_USER_AGENT, IMAGE_NAME_READ},
    {1, IMAGE_NONE, IMAGE_NAME_READ},
    {2, HEADER_SUBJECT, 0},
    {3, IMAGE_NONE, IMAGE_NAME_READ | IMAGE_NAME_ENV},
};
static const struct image_text texts[] = {{0, 10}, {10, 8}, {18, 7}, {25, 4}};
static const struct image image = {
    .names = names,
    .texts = texts,
    .blob = SLICE("User-AgentX-TenantSubjectfrom"),
    .name_count = 4,
    .text_count = 4,
};

struct parts {
    const char *method, *uri, *vias, *from, *call_id, *more;
    unsigned cseq;
};

static struct sip_message *request(const struct parts *parts) {
    static struct sip_message message;
    static char bytes[4096];
    int length = snprintf(bytes, sizeof bytes,
                          "%s %s SIP/2.0\r\n%sVia: SIP/2.0/UDP "
                          "198.51.100.1;branch=z9hG4bKb\r\nFrom: %s\r\nTo: <sip:c@d>\r\n"
                          "Call-ID: %s\r\nCSeq: %u %s\r\n%sContent-Length: 0\r\n\r\n",
                          parts->method, parts->uri, parts->vias, parts->from, parts->call_id, parts->cseq,
                          parts->method, parts->more);
    struct scan_result result = scan_message(&message, bytes, (size_t)length);
    cr_assert_eq(result.verdict, SCAN_OK, "%s", result.reason);
    return &message;
}

static const struct parts plain = {"INVITE",
                                   "sip:c@d",
                                   "",
                                   "<sip:a@b>;tag=1",
                                   "x",
                                   "Route: <sip:r1;lr>, <sip:r2;lr>\r\nProxy-Require: "
                                   "p\r\nUser-Agent: u\r\nX-Tenant: t\r\nSubject: s\r\n",
                                   1};

Test(branch, it_has_the_magic_cookie_the_token_and_the_loop_hash) {
    char branch[BRANCH_LENGTH];
    branch_text(0x0123456789abcdef, 0xfedcba9876543210, branch);
    cr_expect(memcmp(branch, "z9hG4bK0123456789abcdeffedcba9876543210", BRANCH_LENGTH) == 0);
}

Test(branch, the_loop_hash_covers_what_decides_and_nothing_else) {
    uint64_t hash = loop_hash(&key, &image, request(&plain));
    struct parts same[] = {plain, plain, plain, plain};
    same[0].method = "MESSAGE"; /* RFC 5393 4.2.2: not the method */
    same[1].vias = "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKz\r\n";
    same[2].from = "\"A\" <sip:other@b>;tag=1";
    same[3].more = "User-Agent:  u\r\nX-Tenant: t\r\nSubject: another\r\nRoute: <sip:r1;lr>, <sip:r2;lr>\r\n"
                   "Proxy-Require: p\r\nX-Unread: 1\r\n";
    for (unsigned i = 0; i < sizeof same / sizeof *same; i++)
        cr_expect_eq(loop_hash(&key, &image, request(&same[i])), hash, "%u", i);
    struct parts other[] = {plain, plain, plain, plain, plain, plain, plain, plain, plain};
    other[0].uri = "sip:c@e";
    other[1].from = "<sip:a@b>;tag=2";
    other[2].call_id = "y";
    other[3].cseq = 2;
    other[4].more = "Route: <sip:r1;lr>\r\nProxy-Require: p\r\nUser-Agent: u\r\nX-Tenant: t\r\n";
    other[5].more = "Route: <sip:r1;lr>, <sip:r2;lr>\r\nProxy-Require: q\r\nUser-Agent: u\r\nX-Tenant: t\r\n";
    other[6].more = "Route: <sip:r1;lr>, <sip:r2;lr>\r\nProxy-Require: p\r\nUser-Agent: v\r\nX-Tenant: t\r\n";
    other[7].more = "Route: <sip:r1;lr>, <sip:r2;lr>\r\nProxy-Require: p\r\nUser-Agent: u\r\nx-tenant: w\r\n";
    other[8].more = "Route: <sip:r1;lr>, <sip:r2;lr>\r\nProxy-Require: p\r\nUser-Agent: u\r\n";
    for (unsigned i = 0; i < sizeof other / sizeof *other; i++)
        cr_expect_neq(loop_hash(&key, &image, request(&other[i])), hash, "%u", i);
}

Test(branch, a_loop_is_found_in_any_via_and_only_with_the_same_hash) {
    uint64_t loop = 0x1122334455667788;
    static const struct {
        const char *vias;
        bool found;
    } rows[] = {
        {"", false},
        {"Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bKaaaaaaaaaaaaaaaa1122334455667788\r\n", true},
        {"Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bKaaaaaaaaaaaaaaaa1122334455667789\r\n", false},
        {"Via: SIP/2.0/UDP 192.0.2.9, SIP/2.0/UDP "
         "203.0.113.1;rport;branch=z9hG4bKaaaaaaaaaaaaaaaa1122334455667788\r\n",
         true},
        {"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1122334455667788\r\n", false}, /* not of our length */
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parts parts = plain;
        parts.vias = rows[i].vias;
        cr_expect_eq(loop_found(request(&parts), loop), rows[i].found, "%u", i);
    }
}
