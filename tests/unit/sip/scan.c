/* SPDX-License-Identifier: MIT */
#include "runtime/sip/scan.h"

#include "tests/unit/sip/scan_text.h"

static char buffer[4096];

static inline bool is(struct slice s, const char *text) {
    return slice_equal(s, slice_of(text));
}

Test(scan, a_request_is_indexed_without_a_copy) {
    const char *text = "INVITE sip:bob@biloxi.com SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP pc33.atlanta.com:5066;branch=z9hG4bK776asdhds;rport , SIP/2.0/TCP other\r\n"
                       "Max-Forwards: 70\r\n"
                       "v: SIP/2.0/UDP [2001:db8::1];branch=z9hG4bKy\r\n"
                       "t: Bob <sip:bob@biloxi.com>\r\n"
                       "f: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
                       "i: a84b4c76e66710@pc33.atlanta.com\r\n"
                       "CSeq: 314159 INVITE\r\n"
                       "X-Unknown : some\r\n\tmore \r\n"
                       "l: 4\r\n"
                       "\r\n"
                       "v=0\nnext datagram";
    cr_assert_eq(scan(text).verdict, SCAN_OK);
    cr_expect(message.request);
    cr_expect_eq(message.method, METHOD_INVITE);
    cr_expect(is(message.method_name, "INVITE"));
    cr_expect(is(message.uri, "sip:bob@biloxi.com"));
    cr_expect_eq(message.uri_at, 7);
    cr_expect_eq(message.header_count, 9);
    cr_expect_eq(message.bytes.len, strlen(text) - strlen("next datagram"));
    cr_expect(is(slice_from(message.bytes, message.body), "v=0\n"));
    cr_expect(is(message.via.transport, "UDP"));
    cr_expect(is(message.via.host, "pc33.atlanta.com"));
    cr_expect_eq(message.via.port, 5066);
    cr_expect(is(message.via.branch, "z9hG4bK776asdhds"));
    cr_expect(message.via.rport && message.via.magic);
    cr_expect_null(message.via.received.at);
    cr_expect(is(slice_cut(message.bytes, message.via.at, message.via.end),
                 "SIP/2.0/UDP pc33.atlanta.com:5066;branch=z9hG4bK776asdhds;rport"));
    cr_expect_eq(message.via_count, 3);
    cr_expect(is(message.call_id, "a84b4c76e66710@pc33.atlanta.com"));
    cr_expect(is(message.from_tag, "1928301774"));
    cr_expect_null(message.to_tag.at);
    cr_expect_eq(message.cseq, 314159);
    cr_expect(is(message.cseq_method, "INVITE"));
    cr_expect_eq(message.max_forwards, 70);
    int line = scan_next_named(&message, SLICE("x-unknown"), -1);
    cr_assert_eq(line, 7);
    cr_expect(is(scan_value(&message, 7), "some\r\n\tmore"));
    cr_expect(
        is(slice_cut(message.bytes, message.headers[7].at, message.headers[7].end), "X-Unknown : some\r\n\tmore \r\n"));
    cr_expect_eq(scan_next(&message, HEADER_VIA, -1), 0);
    cr_expect_eq(scan_next(&message, HEADER_VIA, 0), 2);
    cr_expect_eq(scan_next(&message, HEADER_VIA, 2), -1);
    cr_expect_eq(scan_next(&message, HEADER_CONTACT, -1), -1);
}

Test(scan, a_response_is_indexed) {
    cr_assert_eq(scan("SIP/2.0 180 \xd0\xbd\xd0\xb5\r\n"
                      "Via: SIP/2.0/UDP h;branch=z9hG4bKx;received=192.0.2.1;rport=5060;maddr=224.2.0.1\r\n" FROM
                      "To: sip:b@h;tag=xyz\r\n" ID "CSeq: 7 BYE\r\n\r\n")
                     .verdict,
                 SCAN_OK);
    cr_expect_not(message.request);
    cr_expect_eq(message.status, 180);
    cr_expect(is(message.reason, "\xd0\xbd\xd0\xb5"));
    cr_expect_eq(message.method, METHOD_BYE);
    cr_expect(is(message.to_tag, "xyz"));
    cr_expect(is(message.via.received, "192.0.2.1"));
    cr_expect(is(message.via.maddr, "224.2.0.1"));
    cr_expect_eq(message.max_forwards, -1);
    cr_expect_eq(scan("SIP/2.0 100 \r\n" REST "\r\n").verdict, SCAN_OK);
    cr_expect(is(message.reason, ""));
    cr_expect_eq(scan("sip/2.0 699 x\r\n" REST "\r\n").verdict, SCAN_OK);
}

Test(scan, keepalives_are_not_messages) {
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = {{"", 0}, {"\r\n", 2}, {"\r\n\r\n", 4}, {"\0\0\0\0", 4}, {"\n \n", 3}};
    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(scan_bytes(rows[i].bytes, rows[i].length).verdict, SCAN_KEEPALIVE, "%zu", i);
    cr_expect_eq(scan("\r\n\r\n" START REST "\r\n").verdict, SCAN_OK);
    cr_expect_eq(message.uri_at, 7);
}

Test(scan, a_start_line_keeps_the_grammar) {
    static const struct {
        const char *line;
        enum scan_verdict verdict;
        unsigned code;
    } rows[] = {
        {"INVITE sip:b@h SIP/2.0", SCAN_OK, 0},
        {"INVITE sip:b@h sip/2.0", SCAN_OK, 0},
        {"INVITE soap.beep://192.0.2.103:3002 SIP/2.0", SCAN_OK, 0}, /* 416 is not the scanner's */
        {"INVITE sip:b@h SIP/2.1", SCAN_REFUSED, 505},
        {"INVITE sip:b@h SIP/7.0", SCAN_REFUSED, 505},
        {"INVITE sip:b@h SIP/02.0", SCAN_REFUSED, 505},
        {"INVITE sip:b@h SIP/2.0.1", SCAN_REFUSED, 400},
        {"INVITE sip:b@h SIP/2", SCAN_REFUSED, 400},
        {"INVITE sip:b@h SIP/.0", SCAN_REFUSED, 400},
        {"INVITE  sip:b@h SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE sip:b@h  SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE sip:b@h SIP/2.0 ", SCAN_REFUSED, 400},
        {" INVITE sip:b@h SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE\tsip:b@h SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE sip:b@h; lr SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE <sip:b@h> SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE sip:b@h?Route=%3Csip:x%3E SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE sip:b@ SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE sip:2001:db8::10 SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE SIP/2.0", SCAN_REFUSED, 400},
        {"INV@TE sip:b@h SIP/2.0", SCAN_REFUSED, 400},
        {"INVITE sip:b@h\r SIP/2.0", SCAN_REFUSED, 400},
        {"GET / HTTP/1.1", SCAN_SILENT, 0},
        {"INVITE sip:b@h", SCAN_SILENT, 0},
        {"hello", SCAN_SILENT, 0},
        {"SIP/2.0 200 OK", SCAN_OK, 0},
        {"SIP/2.0 200", SCAN_SILENT, 0},
        {"SIP/2.0 099 x", SCAN_SILENT, 0},
        {"SIP/2.0 700 x", SCAN_SILENT, 0},
        {"SIP/2.0 20 x", SCAN_SILENT, 0},
        {"SIP/2.0 2000 x", SCAN_SILENT, 0},
        {"SIP/2.0 4294967301 x", SCAN_SILENT, 0},
        {"SIP/2.0 -20 x", SCAN_SILENT, 0},
        {"SIP/2.0  200 x", SCAN_SILENT, 0},
        {"SIP/3.0 200 x", SCAN_SILENT, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(buffer, sizeof buffer, "%s\r\n%s\r\n", rows[i].line, REST);
        expect(buffer, rows[i].verdict, rows[i].code, NULL);
    }
}

Test(scan, a_broken_line_is_refused_and_the_reply_still_possible) {
    static const struct {
        const char *lines;
        const char *reason; /* NULL: fine */
    } rows[] = {
        {"Subject:\r\n", NULL},
        {"Subject :  x\r\n", NULL},
        {"Subject\t: x\r\n  y\r\n\tz\r\n", NULL},
        {"Z: a\n", NULL},
        {"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n", NULL},
        {"Subject: unbalanced \" quote\r\n", NULL},
        {"Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E\r\n", NULL},
        {"no colon\r\n", "Malformed Header Line"},
        {"Subject\r\n : x\r\n", "Malformed Header Line"},
        {": x\r\n", "Malformed Header Line"},
        {"Sub ject: x\r\n", "Malformed Header Line"},
        {"S\xc3\xbc: x\r\n", "Malformed Header Line"},
        {"Z: a\rb\r\n", "Stray Carriage Return"},
        {"Z: a\r\r\n", "Stray Carriage Return"},
        {"Z: a\r\n \r\n", "Blank Line in Header"},
        {"Z: a\r\n\t\r\n b\r\n", "Blank Line in Header"},
        {"Contact: \"open <sip:a@b>\r\n", "Unbalanced Quotes"},
        {"Max-Forwards: 255\r\n", NULL},
        {"Max-Forwards: 0068\r\n", NULL},
        {"Max-Forwards: 256\r\n", "Malformed Max-Forwards"},
        {"Max-Forwards: -1\r\n", "Malformed Max-Forwards"},
        {"Max-Forwards: 7 0\r\n", "Malformed Max-Forwards"},
        {"Max-Forwards:\r\n", "Malformed Max-Forwards"},
        {"Content-Length: 0\r\n", NULL},
        {"Content-Length: 1\r\n", "Content-Length Exceeds Message"},
        {"Content-Length: -999\r\n", "Malformed Content-Length"},
        {"Content-Length: 99999999999999999999\r\n", "Malformed Content-Length"},
        {"Content-Length: 0, 0\r\n", "Malformed Content-Length"},
        {"Content-Length: 0\r\nl: 0\r\n", "Repeated Header"},
        {"To: <sip:c@h>\r\n", "Repeated Header"},
        {"f: <sip:c@h>\r\n", "Repeated Header"},
        {"Subject: a\r\ns: b\r\n", "Repeated Header"},
        {"Contact: <sip:a@b>\r\nm: <sip:c@d>\r\n", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(buffer, sizeof buffer, "%s%s%s\r\n", START, REST, rows[i].lines);
        expect(buffer, rows[i].reason ? SCAN_REFUSED : SCAN_OK, 400, rows[i].reason ? rows[i].reason : "");
        cr_expect(is(message.via.branch, "z9hG4bKx") && is(message.call_id, "c@h"), "%s", buffer);
        snprintf(buffer, sizeof buffer, "%s%s%s\r\n", START, rows[i].lines, REST);
        expect(buffer, rows[i].reason ? SCAN_REFUSED : SCAN_OK, 400, rows[i].reason ? rows[i].reason : "");
    }
}

Test(scan, every_mandatory_value_must_be_there_and_sound) {
    static const struct {
        const char *lines;
        enum scan_verdict verdict;
        const char *reason;
    } rows[] = {
        {FROM TO ID CSEQ, SCAN_SILENT, "Missing Via"},
        {VIA TO ID CSEQ, SCAN_REFUSED, "Missing From"},
        {VIA FROM ID CSEQ, SCAN_REFUSED, "Missing To"},
        {VIA FROM TO CSEQ, SCAN_REFUSED, "Missing Call-ID"},
        {VIA FROM TO ID, SCAN_REFUSED, "Missing CSeq"},
        {VIA "From: Bell, A <sip:a@h>\r\n" TO ID CSEQ, SCAN_REFUSED, "Malformed From"},
        {VIA "From: <sip:a@h>;tag\r\n" TO ID CSEQ, SCAN_REFUSED, "Malformed From"},
        {VIA "From: <sip:a@h>;tag=\"x\"\r\n" TO ID CSEQ, SCAN_REFUSED, "Malformed From"},
        {VIA "From: <sip:a@h>;tag=x;Tag=y\r\n" TO ID CSEQ, SCAN_REFUSED, "Malformed From"},
        {VIA "From: <sip:a@h>, <sip:b@h>\r\n" TO ID CSEQ, SCAN_REFUSED, "Malformed From"},
        {VIA FROM "To: \"J <sip:j@h>\r\n" ID CSEQ, SCAN_REFUSED, "Unbalanced Quotes"},
        {VIA FROM "To: < sip:j@h >\r\n" ID CSEQ, SCAN_REFUSED, "Malformed To"},
        {VIA FROM TO "Call-ID: a b\r\n" CSEQ, SCAN_REFUSED, "Malformed Call-ID"},
        {VIA FROM TO "Call-ID:\r\n" CSEQ, SCAN_REFUSED, "Malformed Call-ID"},
        {VIA FROM TO ID "CSeq: 2147483647 INVITE\r\n", SCAN_OK, ""},
        {VIA FROM TO ID "CSeq: 0009\r\n  INVITE\r\n", SCAN_OK, ""},
        {VIA FROM TO ID "CSeq: 2147483648 INVITE\r\n", SCAN_REFUSED, "Malformed CSeq"},
        {VIA FROM TO ID "CSeq: 36893488147419103233 INVITE\r\n", SCAN_REFUSED, "Malformed CSeq"},
        {VIA FROM TO ID "CSeq: 1INVITE\r\n", SCAN_REFUSED, "Malformed CSeq"},
        {VIA FROM TO ID "CSeq: INVITE\r\n", SCAN_REFUSED, "Malformed CSeq"},
        {VIA FROM TO ID "CSeq: 1 INVITE x\r\n", SCAN_REFUSED, "Malformed CSeq"},
        {VIA FROM TO ID "CSeq: -1 INVITE\r\n", SCAN_REFUSED, "Malformed CSeq"},
        {VIA FROM TO ID "CSeq: 1 BYE\r\n", SCAN_REFUSED, "CSeq Method Mismatch"},
        {VIA FROM TO ID "CSeq: 1 invite\r\n", SCAN_REFUSED, "CSeq Method Mismatch"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(buffer, sizeof buffer, "%s%s\r\n", START, rows[i].lines);
        expect(buffer, rows[i].verdict, 400, rows[i].reason);
    }
}

Test(scan, the_top_via_is_read_strictly) {
    static const struct {
        const char *value;
        enum scan_verdict verdict;
        const char *host;
        unsigned port, count;
        bool magic;
    } rows[] = {
        {"SIP/2.0/UDP h;branch=z9hG4bKx", SCAN_OK, "h", 0, 1, true},
        {"SIP/2.0/UDP h;branch=Z9HG4BKx", SCAN_OK, "h", 0, 1, true},
        {"SIP/2.0/UDP h;branch=z9hG4bK", SCAN_OK, "h", 0, 1, false},
        {"SIP/2.0/UDP h", SCAN_OK, "h", 0, 1, false},
        {"SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw", SCAN_OK, "192.0.2.2", 0, 1, false},
        {"SIP  / 2.0  / TCP     spindle.example.com : 5070  ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP/2.0/UDP x",
         SCAN_OK, "spindle.example.com", 5070, 2, true},
        {"SIP/2.0/UDP [2001:db8::9:1]:6050;received=[2001:db8::9:255];branch=z9hG4bKas3", SCAN_OK, "[2001:db8::9:1]",
         6050, 1, true},
        {"SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3", SCAN_OK, "[2001:db8::9:1]", 0, 1,
         true},
        {"SIP/2.0/UDP my_host;x=\"a, b; c\";branch=z9hG4bKq, SIP/2.0/UDP y", SCAN_OK, "my_host", 0, 2, true},
        {"SIP/2.0/UDP h;rport=5060", SCAN_OK, "h", 0, 1, false},
        {"SIP/2.0/UDP 192.0.2.15;;,;,,", SCAN_REFUSED, "192.0.2.15", 0, 0, false},
        {"SIP/2.0/UDP h;branch=", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;branch", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;branch=a;branch=b", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;rport;rport=1", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;rport=x", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;rport=65536", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;received=1;received=2", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h junk", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;a@b", SCAN_REFUSED, "h", 0, 0, false},
        {"SIP/2.0/UDP h;x=<, SIP/2.0/UDP y>", SCAN_REFUSED, "h", 0, 0, false},
        {", SIP/2.0/UDP h", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0/UDP h:65536", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0/UDP h:0", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0/UDP h:", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0/UDP", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0/UDP[::1]", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0 UDP h", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0/UDP [::1", SCAN_SILENT, "", 0, 0, false},
        {"SIP/2.0/UDP [x]", SCAN_SILENT, "", 0, 0, false},
        {"", SCAN_SILENT, "", 0, 0, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(buffer, sizeof buffer, "%sVia: %s\r\n%s\r\n", START, rows[i].value, FROM TO ID CSEQ);
        expect(buffer, rows[i].verdict, 400, rows[i].verdict == SCAN_OK ? "" : "Malformed Via");
        cr_expect(is(message.via.host, rows[i].host), "%s", rows[i].value);
        cr_expect_eq(message.via.port, rows[i].port, "%s", rows[i].value);
        if (rows[i].verdict == SCAN_OK) {
            cr_expect_eq(message.via_count, rows[i].count, "%s: %u", rows[i].value, message.via_count);
            cr_expect_eq(message.via.magic, rows[i].magic, "%s", rows[i].value);
        }
    }
}

Test(scan, acks_and_responses_are_never_answered) {
    expect("ACK sip:b@h SIP/2.0\r\n" VIA FROM TO ID "CSeq: 1 ACK\r\n\r\n", SCAN_OK, 0, "");
    expect("ACK sip:b@h SIP/2.0\r\n" VIA FROM TO ID "CSeq: 1 BYE\r\n\r\n", SCAN_SILENT, 0, "CSeq Method Mismatch");
    expect("ACK sip:b@h  SIP/2.0\r\n" VIA FROM TO ID "CSeq: 1 ACK\r\n\r\n", SCAN_SILENT, 0, NULL);
    expect("ACK sip:b@h SIP/3.0\r\n" VIA FROM TO ID "CSeq: 1 ACK\r\n\r\n", SCAN_SILENT, 0, NULL);
    expect("SIP/2.0 200 OK\r\n" VIA FROM TO ID "\r\n", SCAN_SILENT, 0, "Missing CSeq");
    expect("SIP/2.0 200 OK\r\n" REST "Content-Length: 9\r\n\r\nx", SCAN_SILENT, 0, "Content-Length Exceeds Message");
    expect("SIP/2.0 200 OK\r\n" VIA FROM TO ID "CSeq: 9292394834772304023312 OPTIONS\r\n\r\n", SCAN_SILENT, 0,
           "Malformed CSeq");
}

Test(scan, headers_end_with_an_empty_line) {
    expect(START REST, SCAN_REFUSED, 400, "Missing Empty Line");
    expect("INVITE sip:b@h SIP/2.0\nVia: SIP/2.0/UDP h\nFrom: sip:a@h\nTo: sip:b@h\nCall-ID: x\nCSeq: 1 INVITE\n\nbody",
           SCAN_OK, 0, "");
    cr_expect(is(slice_from(message.bytes, message.body), "body"));
    expect(START, SCAN_SILENT, 0, NULL);
    expect("INVITE sip:b@h SIP/2.0", SCAN_SILENT, 0, NULL);
    expect(START REST "Subject: x\r\n y", SCAN_REFUSED, 400, "Missing Empty Line");
}

Test(scan, a_message_with_bare_line_feeds_can_be_mended) {
    static const char *const rows[][2] = {
        {"INVITE sip:b@h SIP/2.0\n" REST "A: 1\n\t2\r\nB:\n\nline\nline",
         "INVITE sip:b@h SIP/2.0\r\n" REST "A: 1\r\n\t2\r\nB:\r\n\r\nline\nline"},
        {START REST "\n", START REST "\r\n"},
        {START REST "\r\n\n", NULL},
    };
    static char out[SCAN_MENDED_MAX], large[SIP_MESSAGE_MAX];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *wanted = rows[i][1];
        expect(rows[i][0], SCAN_OK, 0, "");
        cr_assert_eq(message.bare, wanted != NULL);
        if (!wanted)
            continue;
        cr_assert_eq(scan_mend(&message, out), strlen(wanted));
        cr_expect_eq(memcmp(out, wanted, strlen(wanted)), 0, "row %zu", i);
    }
    memset(large, 'x', sizeof large);
    memcpy(large, START REST "\n", sizeof(START REST "\n") - 1);
    cr_assert_eq(scan_message(&message, large, sizeof large).verdict, SCAN_OK);
    cr_assert_eq(scan_mend(&message, out), SCAN_MENDED_MAX);
    cr_assert_str_eq(scan_message(&message, out, SCAN_MENDED_MAX).reason, "Message Too Large");
}

Test(scan, nul_stands_in_quoted_strings_and_bodies_only) {
    static const struct {
        const char *bytes;
        size_t length;
        bool good;
    } rows[] = {
#define BYTES(TEXT) TEXT, sizeof(TEXT) - 1
        {BYTES(START REST "\r\n\0body"), true},
        {BYTES(START REST "Z: \"a\0b\"\r\n\r\n"), true},
        {BYTES(START REST "Z: \"a\\\0b\"\r\n\r\n"), true},
        {BYTES(START REST "Z: \"a\\\"\0\"\r\n\r\n"), true},
        {BYTES(START VIA FROM ID CSEQ "To: \"NUL:\\\0\" <sip:b@h>\r\n\r\n"), true},
        {BYTES(START REST "Z: a\0b\r\n\r\n"), false},
        {BYTES(START REST "Z: \"a\"\0\r\n\r\n"), false},
        {BYTES(START REST "Z: \"a\0b\r\n\r\n"), false},
        {BYTES(START REST "Z: \"a\\\0\r\n\r\n"), false},
        {BYTES(START REST "Z\0: a\r\n\r\n"), false},
        {BYTES("INVITE sip:b\0@h SIP/2.0\r\n" REST "\r\n"), false},
        {BYTES(START VIA FROM TO CSEQ "Call-ID: \"a\0b\"\r\n\r\n"), false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum scan_verdict verdict = scan_bytes(rows[i].bytes, rows[i].length).verdict;
        cr_expect_eq(verdict, rows[i].good ? SCAN_OK : SCAN_REFUSED, "row %zu: %d", i, verdict);
    }
}
Test(scan, no_cut_message_reads_behind_its_end) {
    const char *text = START "Via: SIP / 2.0 / UDP [::1] : 5060 ; branch = \"a\\\"b\" , SIP/2.0/UDP x\r\n"
                             "From: \"a\\\"\" <sip:%61:p@[::1]:5060;x=y?z=1> ; tag = 1\r\n ;x=\"\\\\\"\r\n"
                             "To: b <sip:b@h>;tag=2\r\n" ID CSEQ "Max-Forwards: 70\r\nContact: <sip:a@b>;q=0.5,*\r\n"
                             "Content-Length: 3\r\n\r\nabc";
    for (size_t length = 0; length <= strlen(text); length++) {
        struct scan_result result = scan_bytes(text, length);
        cr_expect(result.verdict != SCAN_OK || length == strlen(text), "%zu", length);
    }
}
