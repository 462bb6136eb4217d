/* SPDX-License-Identifier: MIT */
#include "runtime/sip/words_message.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct sip_message message;
static struct endpoint source, local;
static struct sip_facts facts;
static struct arena arena;
static struct outcome outcome;
static struct vm_host host;
static struct vm vm;

static const char text[] = "INVITE sip:bob@biloxi.com;user=phone SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
                           "f: \"Alice\" <sip:alice@atlanta.com;x=1>;tag=1928\r\n"
                           "To: Bob\r\n  <sip:bob@biloxi.com>\r\n"
                           "Call-ID: c\r\n"
                           "CSeq: 1 INVITE\r\n"
                           "X-A: 1, 2\r\n"
                           "x-a :\t3 \r\n"
                           "\r\n";

static void begin(void) {
    cr_assert_eq(scan_message(&message, text, sizeof text - 1).verdict, SCAN_OK);
    source = (struct endpoint){.port = 5062, .transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&source.ip, SLICE("192.0.2.7")));
    local = (struct endpoint){.port = 5060, .transport = TRANSPORT_UDP};
    arena_init(&arena, NULL, 0, 0);
    outcome_init(&outcome, &arena);
    facts = (struct sip_facts){&message, &source, &local, NULL};
    host = (struct vm_host){.message = &facts};
    vm = (struct vm){.host = &host, .outcome = &outcome};
}

static bool is(struct slice s, const char *wanted) {
    return wanted ? s.at && slice_equal(s, slice_of(wanted)) : !s.at;
}

/* `wanted` NULL: the word answers null. */
static void expect(enum word word, const char *first, const char *second, const char *wanted) {
    struct slice arguments[] = {slice_of(first), slice_of(second)}, result = SLICE("untouched");
    enum word_result kind = words_message[word](&vm, arguments, words[word].max, &result);
    cr_expect_eq(kind, wanted ? WORD_TEXT : WORD_NULL, "%s(%s, %s): %d", words[word].name, first, second, kind);
    if (wanted)
        cr_expect(is(result, wanted), "%s(%s, %s): %.*s", words[word].name, first, second, SLICE_ARG(result));
}

Test(words_message, the_table_holds_the_words_of_this_home_alone) {
    for (enum word word = 0; word < WORD_COUNT; word++)
        cr_expect_eq(words_message[word] != NULL, words[word].home == HOME_MESSAGE, "%s", words[word].name);
}

Test(words_message, packet_and_request_are_told) {
    begin();
    expect(WORD_METHOD, NULL, NULL, "INVITE");
    expect(WORD_ADDR, NULL, NULL, "192.0.2.7");
    expect(WORD_PORT, NULL, NULL, "5062");
    expect(WORD_ADDRPORT, NULL, NULL, "192.0.2.7:5062");
    expect(WORD_TRANSPORT, NULL, NULL, "UDP");
    cr_assert(ip_parse(&source.ip, SLICE("2001:db8::1")));
    source.transport = TRANSPORT_WSS;
    expect(WORD_ADDR, NULL, NULL, "2001:db8::1");
    expect(WORD_ADDRPORT, NULL, NULL, "[2001:db8::1]:5062");
    expect(WORD_TRANSPORT, NULL, NULL, "WSS");
}

Test(words_message, the_request_line_is_as_the_plan_has_it_now) {
    begin();
    expect(WORD_REQUEST, NULL, NULL, "INVITE sip:bob@biloxi.com;user=phone SIP/2.0");
    outcome.to_uri = SLICE("sip:to@h");
    expect(WORD_REQUEST, NULL, NULL, "INVITE sip:to@h SIP/2.0");
    outcome.replace_uri = false;
    expect(WORD_REQUEST, NULL, NULL, "INVITE sip:bob@biloxi.com;user=phone SIP/2.0");
    outcome.replace_uri = true;
    outcome.request = SLICE("sip:set@h");
    expect(WORD_REQUEST, NULL, NULL, "INVITE sip:set@h SIP/2.0");
}

Test(words_message, out_of_memory_is_a_fault) {
    begin();
    arena_init(&arena, NULL, 0, 1);
    struct slice result;
    cr_expect_eq(words_message[WORD_REQUEST](&vm, NULL, 0, &result), WORD_FAULT);
    cr_expect_eq(words_message[WORD_ADDR](&vm, NULL, 0, &result), WORD_FAULT);
    cr_expect_eq(message_header(&vm, HEADER_TO, SLICE_NULL, 0, &result), -ENOMEM);
    struct slice uri;
    cr_expect_eq(message_to(&vm, SLICE("sip:a@b"), &result, &uri), -ENOMEM);
}

Test(words_message, uris_are_found_in_headers_texts_and_request_lines) {
    static const struct {
        const char *text, *uri, *user, *host;
    } rows[] = {
        {"\"Alice\" <sip:alice@atlanta.com;x=1>;tag=1928", "sip:alice@atlanta.com;x=1", "alice", "atlanta.com"},
        {"sip:alice@atlanta.com;tag=1928", "sip:alice@atlanta.com", "alice", "atlanta.com"},
        {"sip:alice@atlanta.com ; tag = 1928", "sip:alice@atlanta.com", "alice", "atlanta.com"},
        {"INVITE sip:bob@biloxi.com;user=phone SIP/2.0", "sip:bob@biloxi.com;user=phone", "bob", "biloxi.com"},
        {"INVITE tel:+1-201;x=y SIP/2.0", "tel:+1-201;x=y", "+1-201", NULL},
        {" <sips:[2001:db8::1]:5061> ", "sips:[2001:db8::1]:5061", NULL, "[2001:db8::1]"},
        {"<tel:+1-201-555-0123>", "tel:+1-201-555-0123", "+1-201-555-0123", NULL},
        {"<sip:a:pw@h>, <sip:c@d>", "sip:a:pw@h", "a", "h"},
        {"sip:a@h?x=y", "sip:a@h?x=y", "a", "h"},
        {"sip:100@", "sip:100@", "100", NULL},
        {"sip:192.0.2.9,1@h", "sip:192.0.2.9,1@h", "192.0.2.9,1", "h"},
        {"sip:192.0.2.9;x,1@h", "sip:192.0.2.9;x,1@h", "192.0.2.9;x,1", "h"},
        {"sip:192.0.2.9?x@h", "sip:192.0.2.9?x@h", "192.0.2.9?x", "h"},
        {"INVITE sip:x,1@h SIP/2.0", "sip:x,1@h", "x,1", "h"},
        {"<sip:x,1@h>, <sip:2@i>", "sip:x,1@h", "x,1", "h"},
        {"sip:1@h, sip:2@i", "sip:1@h", "1", "h"},
        {"sip:1@h,sip:2@i", "sip:1@h", "1", "h"},
        {"\"<sip:no@x>\" <sip:yes@h>", "sip:yes@h", "yes", "h"},
        {"<http://example.com>", NULL, NULL, NULL},
        {"isbn:2983792873", NULL, NULL, NULL},
        {"192.0.2.1", NULL, NULL, NULL},
        {"*", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {"<sip:a@b@c>", NULL, NULL, NULL},
        {NULL, NULL, NULL, NULL},
    };
    begin();
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect(WORD_GETURI, rows[i].text, NULL, rows[i].uri);
        expect(WORD_GETSIPUSER, rows[i].text, NULL, rows[i].user);
        expect(WORD_GETHOST, rows[i].text, NULL, rows[i].host);
    }
}

Test(words_message, parameters_are_found_where_they_belong) {
    static const struct {
        const char *text, *name, *any, *uri, *header, *sub;
    } rows[] = {
        {"<sip:a@h;x=1;lr?s=2&t=3>;y=4;q=\"5;z=6\"", "x", "1", "1", NULL, NULL},
        {"<sip:a@h;x=1;lr?s=2&t=3>;y=4;q=\"5;z=6\"", "LR", "", "", NULL, NULL},
        {"<sip:a@h;x=1;lr?s=2&t=3>;y=4;q=\"5;z=6\"", "y", "4", NULL, "4", NULL},
        {"<sip:a@h;x=1;lr?s=2&t=3>;y=4;q=\"5;z=6\"", "q", "5;z=6", NULL, "5;z=6", NULL},
        {"<sip:a@h;x=1;lr?s=2&t=3>;y=4;q=\"5;z=6\"", "z", NULL, NULL, NULL, NULL},
        {"<sip:a@h;x=1;lr?s=2&t=3>;y=4;q=\"5;z=6\"", "s", NULL, NULL, NULL, "2"},
        {"<sip:a@h;x=1;lr?s=2&t=3>;y=4;q=\"5;z=6\"", "T", NULL, NULL, NULL, "3"},
        {"<sip:a@h;x=1>;x=2", "x", "1", "1", "2", NULL},
        {"sip:bob@192.0.2.1;expires=3600", "expires", "3600", "3600", "3600", NULL},
        {"sip:bob;par=u@192.0.2.1", "par", NULL, NULL, NULL, NULL},
        {"INVITE sip:a@h;user=phone SIP/2.0", "user", "phone", "phone", NULL, NULL},
        {"sip:a@h?s=2", "s", NULL, NULL, NULL, "2"},
        {"SIP ;cause=200 ;text=\"Call completed elsewhere\"", "cause", "200", NULL, "200", NULL},
        {"SIP ;cause=200 ;text=\"Call completed elsewhere\"", "text", "Call completed elsewhere", NULL,
         "Call completed elsewhere", NULL},
        {"\"a;b=c\";d=e", "b", NULL, NULL, NULL, NULL},
        {"\"a;b=c\";d=e", "d", "e", NULL, "e", NULL},
        {"text/plain", "charset", NULL, NULL, NULL, NULL},
        {NULL, "x", NULL, NULL, NULL, NULL},
        {"<sip:a@h;x=1>", NULL, NULL, NULL, NULL, NULL},
    };
    begin();
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect(WORD_PARAM, rows[i].text, rows[i].name, rows[i].any);
        expect(WORD_URIPARAM, rows[i].text, rows[i].name, rows[i].uri);
        expect(WORD_HEADERPARAM, rows[i].text, rows[i].name, rows[i].header);
        expect(WORD_SUBPARAM, rows[i].text, rows[i].name, rows[i].sub);
    }
}

Test(words_message, addresses_are_judged_in_texts_and_uris) {
    static const struct {
        const char *text, *type, *global;
    } rows[] = {
        {"192.0.2.1", "4", "false"},
        {"8.8.8.8", "4", "true"},
        {"8.8.8.8:5060", "4", "true"},
        {"10.1.2.3", "4", "false"},
        {"2001:db8::1", "6", "false"},
        {"[2001:4860:4860::8888]:5060", "6", "true"},
        {"::ffff:8.8.8.8", "4", "true"},
        {"\"B\" <sip:b@[2001:db8::1]>;tag=1", "6", "false"},
        {"INVITE sip:b@8.8.8.8 SIP/2.0", "4", "true"},
        {"sip:b@example.com", NULL, NULL},
        {"example.com", NULL, NULL},
        {"tel:+1", NULL, NULL},
        {"", NULL, NULL},
        {NULL, NULL, NULL},
    };
    begin();
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect(WORD_ADDRTYPE, rows[i].text, NULL, rows[i].type);
        expect(WORD_GLOBALADDR, rows[i].text, NULL, rows[i].global);
    }
}

Test(words_message, header_lines_are_unfolded_once_and_counted) {
    struct slice value, again;
    begin();
    cr_assert_eq(message_header(&vm, HEADER_FROM, SLICE("From"), 0, &value), 1);
    cr_expect(is(value, "\"Alice\" <sip:alice@atlanta.com;x=1>;tag=1928"));
    cr_assert_eq(message_header(&vm, HEADER_TO, SLICE("To"), 0, &value), 1);
    cr_expect(is(value, "Bob <sip:bob@biloxi.com>"));
    cr_assert_eq(message_header(&vm, HEADER_TO, SLICE("To"), 0, &again), 1);
    cr_expect_eq(value.at, again.at);
    cr_expect_eq(message_header(&vm, HEADER_TO, SLICE("To"), 1, &value), 0);
    cr_assert_eq(message_header(&vm, HEADER_OTHER, SLICE("X-a"), 0, &value), 1);
    cr_expect(is(value, "1, 2"));
    cr_assert_eq(message_header(&vm, HEADER_OTHER, SLICE("X-a"), 1, &value), 1);
    cr_expect(is(value, "3"));
    cr_expect_eq(message_header(&vm, HEADER_OTHER, SLICE("X-a"), 2, &value), 0);
    cr_expect_eq(message_header(&vm, HEADER_CONTACT, SLICE("Contact"), 0, &value), 0);
}

Test(words_message, a_to_value_becomes_a_header_and_a_destination) {
    static const struct {
        const char *value, *header, *uri; /* NULL: no URI */
    } rows[] = {
        {"sip:100@192.0.2.1", "<sip:100@192.0.2.1>", "sip:100@192.0.2.1"},
        {"sip:100@192.0.2.1;user=phone", "<sip:100@192.0.2.1;user=phone>", "sip:100@192.0.2.1;user=phone"},
        {" <sips:a@[2001:db8::1]:5061> ", "<sips:a@[2001:db8::1]:5061>", "sips:a@[2001:db8::1]:5061"},
        {"\"Bob\" <sip:b@h;lr>;x=1", "\"Bob\" <sip:b@h;lr>;x=1", "sip:b@h;lr"},
        {"Bob<sip:b@h>", "Bob <sip:b@h>", "sip:b@h"},
        {"<sip:b@h>;tag=9;x=1", "<sip:b@h>;x=1", "sip:b@h"},
        {"<sip:b@h>;x=1 ; Tag = 9", "<sip:b@h>;x=1 ", "sip:b@h"},
        {"sip:b@", "<sip:b@>", "sip:b@"},
        {"tel:+12015550123", "<tel:+12015550123>", "tel:+12015550123"},
        {"", NULL, NULL},
        {"bob", NULL, NULL},
        {"192.0.2.1", NULL, NULL},
        {"sip:a b@h", NULL, NULL},
        {"sip:a@b@c", NULL, NULL},
        {"<sip:a@h", NULL, NULL},
        {"<sip:a@h> x", NULL, NULL},
        {"sip:a@h?Route=x", NULL, NULL},
        {"<sip:a@h?Route=x>", NULL, NULL},
        {"http://h", NULL, NULL},
        {"sip:a@h, sip:b@h", NULL, NULL},
    };
    begin();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct slice header = SLICE_NULL, uri = SLICE_NULL;
        int result = message_to(&vm, slice_of(rows[i].value), &header, &uri);
        cr_expect_eq(result, rows[i].uri ? 0 : -EINVAL, "%s: %d", rows[i].value, result);
        cr_expect(is(header, rows[i].header), "%s: %.*s", rows[i].value, SLICE_ARG(header));
        cr_expect(is(uri, rows[i].uri), "%s: %.*s", rows[i].value, SLICE_ARG(uri));
    }
}

Test(words_message, targets_are_hosts_or_uris) {
    static const struct {
        const char *value;
        bool uri, target;
    } rows[] = {
        {"sip:a@h", true, true},
        {"sip:a@", true, true},
        {"sips:h:5061;lr", true, true},
        {"tel:123", true, true},
        {"gw1", false, true},
        {"gw1:5080", false, true},
        {"192.0.2.1", false, true},
        {"[2001:db8::1]", false, true},
        {"[2001:db8::1]:5060", false, true},
        {"2001:db8::1", false, false},
        {"", false, false},
        {"a@h", false, false},
        {"<sip:a@h>", false, false},
        {"gw1:x", false, false},
        {"gw1, gw2", false, false},
        {"sip:a@h?x=y", false, false},
        {"http://h", false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(message_is_uri(slice_of(rows[i].value)), rows[i].uri, "%s", rows[i].value);
        cr_expect_eq(message_is_target(slice_of(rows[i].value)), rows[i].target, "%s", rows[i].value);
    }
}
