/* SPDX-License-Identifier: MIT */
/* The door for datagrams, for libFuzzer and for message_main.c: whatever the bytes are, the scanner stays inside them
 * and keeps its own bounds; what it lets through reads the same in libosip2's whole-message parser (the oracle),
 * survives edits byte for byte, and can be answered. A broken promise aborts with its name. */
#include "runtime/sip/edit.h"
#include "runtime/sip/reply.h"
#include "runtime/sip/uri.h"
#include "runtime/sip/values.h"
#include "runtime/sip/words_message.h"
#include "tests/fuzz/message.h"

#include <osipparser2/osip_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORACLE_MAX = 4096 /* bytes: the oracle's lists are quadratic */ };

static struct sip_message message;

static void promise(bool kept, const char *what) {
    if (kept)
        return;
    fprintf(stderr, "broken: %s\n%.*s\n", what, SLICE_ARG(message.bytes));
    abort();
}

static bool inside(struct slice s) {
    struct slice all = message.bytes;
    return !s.at || s.len == 0 || (s.at >= all.at && s.at + s.len <= all.at + all.len);
}

/* The scanner's own promises. */

static void check_lines(void) {
    uint32_t at = message.headers[0].at;
    promise(message.header_count >= 5 && message.header_count <= (message.request ? SIP_HEADERS_MAX : SIP_LINES_MAX),
            "header count");
    for (unsigned line = 0; line < message.header_count; line++) {
        const struct sip_header *header = &message.headers[line];
        struct slice name = slice_cut(message.bytes, header->name, (size_t)header->name + header->name_length);
        promise(header->at == at && header->end > at, "lines follow each other");
        promise(header->value >= header->name + header->name_length &&
                    header->value + header->value_length <= header->end,
                "a value stands in its line");
        promise(header->id == header_named(name), "a header's id");
        at = header->end;
    }
    promise(message.body > at && message.body - at <= 2 && message.body <= message.bytes.len, "one empty line");
    promise(!memchr(message.bytes.at, '\0', at) || memchr(message.bytes.at, '"', at), "NUL in quotes only");
}

static void check_fields(void) {
    promise(inside(message.uri) && inside(message.method_name) && inside(message.reason), "start line");
    promise(inside(message.call_id) && message.call_id.len, "Call-ID");
    promise(inside(message.from_tag) && inside(message.to_tag), "tags");
    promise(inside(message.via.host) && message.via.host.len && inside(message.via.branch), "Via");
    promise(message.via_count >= 1 && message.via_count <= (message.request ? SIP_VIAS_MAX : SIP_VIAS_MAX + 1),
            "number of Vias");
    promise(message.via.at < message.via.end && message.via.end <= message.bytes.len, "place of the Via");
    promise(message.max_forwards >= -1 && message.max_forwards <= 255, "Max-Forwards");
    promise(message.cseq <= INT32_MAX && message.cseq_method.len, "CSeq");
    if (message.request) {
        struct sip_uri uri;
        promise(slice_equal(message.method_name, message.cseq_method), "CSeq method");
        promise(uri_parse(&uri, message.uri, 0) == 0, "Request-URI");
        promise(uri_equal(&uri, &uri), "a URI equals itself");
    } else {
        promise(message.status >= 100 && message.status <= 699, "status");
    }
}

/* The oracle. */

static bool same(const char *theirs, struct slice ours) {
    return slice_equal(slice_of(theirs ? theirs : ""), ours);
}

static bool is_ascii(struct slice s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] > 127)
            return false;
    return true;
}

/* Values of a list of SIP addresses; -1 when one is none (then nobody has to agree on where it ends), or has bytes that
 * only we let stand outside quotes. */
static int count_addresses(enum header id) {
    struct sip_name_addr address;
    struct sip_uri uri;
    int count = 0;
    for (int line = scan_next(&message, id, -1); line >= 0; line = scan_next(&message, id, line)) {
        struct slice rest = scan_value(&message, (unsigned)line), value;
        for (; list_next(&rest, &value); count++)
            if (!is_ascii(value) || name_addr_parse(&address, value) || uri_parse(&uri, address.uri, 0) ||
                (uri.scheme != URI_SIP && uri.scheme != URI_SIPS))
                return -1;
    }
    return count;
}

static void compare(const osip_message_t *theirs) {
    char id[ORACLE_MAX + 2];
    snprintf(id, sizeof id, "%s%s%s", theirs->call_id->number, theirs->call_id->host ? "@" : "",
             theirs->call_id->host ? theirs->call_id->host : "");
    promise(same(id, message.call_id), "oracle: Call-ID");
    promise(strtoul(theirs->cseq->number, NULL, 10) == message.cseq, "oracle: CSeq");
    promise(same(theirs->cseq->method, message.cseq_method), "oracle: method of CSeq");
    if (message.request)
        promise(same(theirs->sip_method, message.method_name), "oracle: method");
    else
        promise((unsigned)theirs->status_code == message.status, "oracle: status");
    promise((unsigned)osip_list_size(&theirs->vias) == message.via_count, "oracle: number of Vias");
    int routes = count_addresses(HEADER_ROUTE), contacts = count_addresses(HEADER_CONTACT);
    promise(routes < 0 || osip_list_size(&theirs->routes) == routes, "oracle: number of Routes");
    promise(contacts < 0 || osip_list_size(&theirs->contacts) == contacts, "oracle: number of Contacts");
}

/* What libosip2 refuses (or reads in a way that is known to be wrong) says nothing about us. */
static void ask_oracle(void) {
    osip_message_t *theirs = NULL;
    int type = scan_next(&message, HEADER_CONTENT_TYPE, -1);
    if (type >= 0 && slice_starts_same(scan_value(&message, (unsigned)type), SLICE("multipart")))
        return; /* it leaks there */
    if (message.bytes.len > ORACLE_MAX || memchr(message.bytes.at, '\0', message.bytes.len))
        return;
    if (osip_message_init(&theirs) != OSIP_SUCCESS)
        return;
    if (osip_message_parse(theirs, message.bytes.at, message.bytes.len) == OSIP_SUCCESS && theirs->call_id &&
        theirs->cseq)
        compare(theirs);
    osip_message_free(theirs);
}

/* Edits. */

static long apply(const struct edit *edit, char **out) {
    size_t size = edit_size(edit);
    *out = malloc(size + 1);
    promise(*out != NULL, "memory for the test");
    long length = edit_apply(edit, *out, size);
    promise(length == (long)size, "edit_size tells the size");
    return length;
}

/* A header goes, and comes again: every other byte stays. */
static void check_edits(struct arena *arena, unsigned line) {
    static struct sip_message again;
    static struct edit edit;
    const struct sip_header *header = &message.headers[line];
    struct slice name = slice_cut(message.bytes, header->name, (size_t)header->name + header->name_length);
    char *out;
    edit_begin(&edit, &message);
    long length = apply(&edit, &out);
    promise(slice_equal((struct slice){out, (size_t)length}, message.bytes), "no edit changes nothing");
    free(out);
    edit_remove_header(&edit, (enum header)header->id, name);
    length = apply(&edit, &out);
    size_t at = 0, kept = 0;
    for (unsigned i = 0; i < message.header_count; i++) {
        bool gone = header->id == HEADER_OTHER ? scan_next_named(&message, name, (int)i - 1) == (int)i
                                               : message.headers[i].id == header->id;
        if (gone) {
            size_t run = message.headers[i].at - at;
            promise(memcmp(out + kept, message.bytes.at + at, run) == 0, "bytes beside a removed header");
            kept += run;
            at = message.headers[i].end;
        }
    }
    promise((size_t)length == kept + message.bytes.len - at &&
                memcmp(out + kept, message.bytes.at + at, message.bytes.len - at) == 0,
            "bytes behind a removed header");
    free(out);
    edit_begin(&edit, &message);
    promise(edit_set_header(&edit, arena, HEADER_OTHER, SLICE("Z-Fuzz"), SLICE("1")) == 0, "memory for the test");
    length = apply(&edit, &out);
    bool full = message.header_count == (message.request ? SIP_HEADERS_MAX : SIP_LINES_MAX);
    promise(scan_message(&again, out, (size_t)length).verdict == SCAN_OK || full || length > SIP_MESSAGE_MAX,
            "a message with one header more");
    free(out);
}

/* What everybody does with a message. */

static void check_reply(struct arena *arena) {
    static struct sip_message again;
    struct endpoint source = {.port = 5060, .transport = TRANSPORT_UDP};
    struct reply reply = {.code = 486, .to_tag = SLICE("mine")};
    promise(ip_parse(&source.ip, SLICE("192.0.2.1")), "an address");
    struct slice bytes = reply_build(arena, &message, &source, &reply);
    promise(bytes.at != NULL, "a reply");
    promise(scan_message(&again, bytes.at, bytes.len).verdict == SCAN_OK || bytes.len > SIP_MESSAGE_MAX,
            "a reply that can be read");
    promise(again.status == 486 && slice_equal(again.call_id, message.call_id) && again.to_tag.len,
            "the reply's fields");
}

static void ask_words(struct arena *arena) {
    struct endpoint source = {.port = 5060, .transport = TRANSPORT_UDP};
    struct sip_facts facts = {.message = &message, .source = &source, .local = &source};
    const struct vm_host host = {.message = &facts};
    struct outcome outcome;
    struct slice value, result, uri;
    outcome_init(&outcome, arena);
    static struct vm vm;
    vm.host = &host;
    vm.outcome = &outcome;
    for (unsigned line = 0; line < message.header_count; line++) {
        const struct sip_header *header = &message.headers[line];
        struct slice name = slice_cut(message.bytes, header->name, (size_t)header->name + header->name_length);
        if (message_header(&vm, (enum header)header->id, name, 0, &value) != 1)
            promise(false, "a header that is there");
        for (enum word word = 0; word < WORD_COUNT; word++) {
            struct slice arguments[2] = {value, SLICE("tag")};
            if (words_message[word])
                words_message[word](&vm, arguments, words[word].max, &result);
        }
        if (!memchr(value.at, '\0', value.len))
            message_to(&vm, value, &result, &uri);
    }
}

/* Their parts are shorter than the whole, and none has what only stands between them. */
static void check_credentials(struct arena *arena) {
    for (unsigned line = 0; line < message.header_count; line++) {
        struct slice value = scan_value(&message, line);
        struct credentials c;
        if (values_credentials(arena, value, &c))
            continue;
        const struct slice parts[] = {c.username,  c.realm,  c.nonce, c.uri, c.response,
                                      c.algorithm, c.cnonce, c.qop,   c.nc};
        size_t length = 0;
        for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
            promise(parts[i].len == 0 || parts[i].at, "a part's text");
            length += parts[i].len;
        }
        promise(slice_starts_same(value, SLICE("Digest")) && length < value.len, "credentials are part of the value");
    }
}

static void check_message(const uint8_t *data, size_t size) {
    struct arena arena;
    static struct contact contacts[CONTACTS_MAX];
    arena_init(&arena, NULL, 0, 0);
    check_lines();
    check_fields();
    ask_oracle();
    check_edits(&arena, size ? data[size - 1] % message.header_count : 0);
    int count = values_contacts(&arena, &message, contacts);
    for (int i = 1; i < count; i++)
        promise(contacts[i - 1].q >= contacts[i].q, "contacts by q");
    check_credentials(&arena);
    if (message.request) {
        check_reply(&arena);
        ask_words(&arena);
    }
    arena_free(&arena);
}

static void silence(const char *file, int line, osip_trace_level_t level, const char *format, va_list arguments) {
    (void)file, (void)line, (void)level, (void)format, (void)arguments;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool ready;
    if (!ready) {
        osip_trace_initialize_func(TRACE_LEVEL0, silence);
        ready = parser_init() == OSIP_SUCCESS;
    }
    char *copy = malloc(size ? size : 1); /* of that size exactly: a sanitizer sees a byte too far */
    if (!copy)
        return 0;
    memcpy(copy, data, size);
    struct scan_result result = scan_message(&message, copy, size);
    if (result.verdict == SCAN_OK)
        check_message(data, size);
    else
        promise(result.verdict == SCAN_KEEPALIVE || (result.reason && *result.reason), "a refusal has a reason");
    free(copy);
    return 0;
}
