/* SPDX-License-Identifier: MIT */
#include "runtime/sip/scan.h"

#include "tests/unit/sip/scan_text.h"

static char buffer[80 * 1024];

/* The start line, REST, then `count` times `each` between `before` and `after`. */
static const char *many_in(const char *start, const char *before, const char *each, unsigned count, const char *after) {
    size_t length = (size_t)snprintf(buffer, sizeof buffer, "%s%s%s", start, REST, before);
    for (unsigned i = 0; i < count; i++)
        length += (size_t)snprintf(buffer + length, sizeof buffer - length, "%s", each);
    snprintf(buffer + length, sizeof buffer - length, "%s\r\n", after);
    return buffer;
}

static const char *many(const char *before, const char *each, unsigned count, const char *after) {
    return many_in(START, before, each, count, after);
}

/* What the fence lets through comes back with our Via, Record-Routes and what the callee says of itself. */
Test(scan_bounds, a_response_may_carry_more_than_its_request) {
    const char *start = "SIP/2.0 200 OK\r\n";
    expect(many_in(start, "v: SIP/2.0/UDP a", ", SIP/2.0/UDP b", SIP_VIAS_MAX - 1, "\r\n"), SCAN_OK, 0, "");
    expect(many_in(start, "v: SIP/2.0/UDP a", ", SIP/2.0/UDP b", SIP_VIAS_MAX, "\r\n"), SCAN_SILENT, 0,
           "Too Many Via Values");
    expect(many_in(start, "", "Z: y\r\n", SIP_HEADERS_MAX + 16 - 5, ""), SCAN_OK, 0, "");
    expect(many_in(start, "", "Z: y\r\n", SIP_HEADERS_MAX + 16 - 4, ""), SCAN_SILENT, 0, "Too Many Headers");
}

Test(scan_bounds, a_response_is_not_lost_for_headers_that_nobody_here_reads) {
    static const struct {
        const char *lines;
        bool good;
    } rows[] = {
        {"Server: a\r\nServer: b\r\n", true},
        {"Session-Expires: 90\r\nx: 180\r\n", true},
        {"Content-Type: a/b\r\nc: a/b\r\n", true},
        {"Max-Forwards: 70\r\nMax-Forwards: x\r\n", true},
        {"Max-Forwards: 1000\r\n", true},
        {"From: <sip:a@h>;tag=1\r\n", false},
        {"t: <sip:b@h>\r\n", false},
        {"i: c@h\r\n", false},
        {"CSeq: 1 INVITE\r\n", false},
        {"Content-Length: 0\r\nl: 0\r\n", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(buffer, sizeof buffer, "SIP/2.0 200 OK\r\n%s%s\r\n", REST, rows[i].lines);
        expect(buffer, rows[i].good ? SCAN_OK : SCAN_SILENT, 0, rows[i].good ? "" : "Repeated Header");
    }
}

Test(scan_bounds, the_bounds_are_kept_to_the_last_one) {
    expect(many("", "Z: y\r\n", SIP_HEADERS_MAX - 5, ""), SCAN_OK, 0, "");
    expect(many("", "Z: y\r\n", SIP_HEADERS_MAX - 4, ""), SCAN_REFUSED, 400, "Too Many Headers");
    expect(many("v: SIP/2.0/UDP a", ", SIP/2.0/UDP b", SIP_VIAS_MAX - 2, "\r\n"), SCAN_OK, 0, "");
    expect(many("v: SIP/2.0/UDP a", ", SIP/2.0/UDP b", SIP_VIAS_MAX - 1, "\r\n"), SCAN_REFUSED, 400,
           "Too Many Via Values");
    expect(many("Contact: <sip:a@b>", ";p=1", SIP_PARAMS_MAX, "\r\n"), SCAN_OK, 0, "");
    expect(many("Contact: <sip:a@b>", ";p=1", SIP_PARAMS_MAX + 1, "\r\n"), SCAN_REFUSED, 400, "Too Many Parameters");
    expect(many("m: <sip:a@b", ";p", SIP_PARAMS_MAX + 1, ">\r\n"), SCAN_REFUSED, 400, "Too Many Parameters");
    expect(many("Contact: <sip:a@b>", ";p, <sip:a@b>", 1000, "\r\n"), SCAN_OK, 0, "");
    expect(many("Contact: <sip:a@b>;x=\"", ";", 1000, "\"\r\n"), SCAN_OK, 0, "");
    expect(many("Authorization: Digest a=b", ",c=d", SIP_PARAMS_MAX, "\r\n"), SCAN_OK, 0, "");
    expect(many("Authorization: Digest a=b", ",c=d", SIP_PARAMS_MAX + 1, "\r\n"), SCAN_REFUSED, 400,
           "Too Many Parameters");
    expect(many("Proxy-Require: a", ",c", SIP_PARAMS_MAX, "\r\n"), SCAN_OK, 0, "");
    expect(many("Proxy-Require: a", ",c", SIP_PARAMS_MAX + 1, "\r\n"), SCAN_REFUSED, 400, "Too Many Parameters");
    expect(many("Subject: ", ";", 30000, "\r\n"), SCAN_OK, 0, "");
}

Test(scan_bounds, what_responses_carry_again_has_a_length) {
    static const struct {
        const char *before, *after;
        enum scan_verdict verdict;
        const char *reason;
    } rows[] = {
        {VIA TO ID CSEQ "From: <sip:a@h>;tag=", "\r\n", SCAN_REFUSED, "From Too Long"},
        {VIA FROM ID CSEQ "To: <sip:a@h>;tag=", "\r\n", SCAN_REFUSED, "To Too Long"},
        {VIA FROM TO CSEQ "Call-ID: ", "\r\n", SCAN_REFUSED, "Call-ID Too Long"},
        {VIA FROM TO ID "CSeq: 1", " INVITE\r\n", SCAN_REFUSED, "CSeq Too Long"},
        {FROM TO ID CSEQ "Via: SIP/2.0/UDP h;branch=", "\r\n", SCAN_SILENT, "Malformed Via"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int length = snprintf(buffer, sizeof buffer, "%s%s", START, rows[i].before);
        memset(buffer + length, '1', SIP_VALUE_MAX + 1);
        snprintf(buffer + length + SIP_VALUE_MAX + 1, 64, "%s\r\n", rows[i].after);
        expect(buffer, rows[i].verdict, 400, rows[i].reason);
    }
    int length = snprintf(buffer, sizeof buffer, "%s%sCall-ID: ", START, VIA FROM TO CSEQ);
    memset(buffer + length, '1', SIP_VALUE_MAX);
    snprintf(buffer + length + SIP_VALUE_MAX, 64, "\r\n\r\n");
    expect(buffer, SCAN_OK, 0, "");
}

Test(scan_bounds, a_message_has_at_most_64_kib) {
    size_t length = (size_t)snprintf(buffer, sizeof buffer, "%s\r\n", START REST);
    memset(buffer + length, 'x', SIP_MESSAGE_MAX + 1 - length);
    cr_expect_eq(scan_bytes(buffer, SIP_MESSAGE_MAX).verdict, SCAN_OK);
    struct scan_result result = scan_bytes(buffer, SIP_MESSAGE_MAX + 1);
    cr_expect_eq(result.verdict, SCAN_REFUSED);
    cr_expect_eq(result.code, 513);
    cr_expect_str_eq(result.reason, "Message Too Large");
}
