/* SPDX-License-Identifier: MIT */
#include "runtime/sim/letter.h"

#include <criterion/criterion.h>

#define HEAD                                                                                                           \
    "INVITE sip:b@h SIP/2.0\r\n"                                                                                       \
    "Via: SIP/2.0/UDP a:5060;branch=z9hG4bK1;rport, SIP/2.0/UDP b\r\n"                                                 \
    "v: SIP/2.0/UDP c\r\n"                                                                                             \
    "From: \"A, <B>;tag=no\" <sip:a@h;tag=uri>;tag=1\r\n"                                                              \
    "t: <sip:b@h>\r\n"                                                                                                 \
    "Call-ID: x\r\n"                                                                                                   \
    "CSeq: 7 INVITE\r\n"                                                                                               \
    "Subject: one\r\n  two\r\n\tthree\r\n"

static struct letter read(struct arena *arena, const char *text) {
    struct letter letter;
    letter_read(&letter, arena, slice_of(text));
    return letter;
}

#define SAME(a, b) cr_expect(slice_equal(a, slice_of(b)), "%.*s", SLICE_ARG(a))

Test(letter, reads_headers_as_people_do) {
    struct arena arena;
    struct slice method;
    arena_init(&arena, NULL, 0, 0);
    struct letter letter = read(&arena, HEAD "Content-Length: 4\r\n\r\nbody");
    cr_expect_null(letter.wrong, "%s", letter.wrong);
    cr_expect(letter.request);
    SAME(letter.uri, "sip:b@h");
    SAME(letter.body, "body");
    SAME(letter_value(&letter, "Subject"), "one two three");
    cr_expect_eq(letter_items(&letter, SLICE("via")), 3u);
    SAME(letter_item(&letter, "Via", 2), "SIP/2.0/UDP c");
    cr_expect_null(letter_item(&letter, "Via", 3).at);
    SAME(letter_branch(&letter), "z9hG4bK1");
    SAME(letter_param(letter_item(&letter, "Via", 0), "rport"), "");
    SAME(letter_tag(&letter, "From"), "1");
    cr_expect_null(letter_tag(&letter, "To").at);
    SAME(letter_uri(letter_value(&letter, "From")), "sip:a@h;tag=uri");
    SAME(letter_uri(SLICE("sip:x@y;lr")), "sip:x@y");
    cr_expect_eq(letter_cseq(&letter, &method), 7ul);
    SAME(method, "INVITE");
    arena_free(&arena);
}

Test(letter, says_what_is_wrong_with_a_message) {
    static const struct {
        const char *text, *wrong;
    } table[] = {
        {HEAD "\r\n", NULL},
        {HEAD, "no empty line"},
        {HEAD "Content-Length: 3\r\n\r\nbody", "Content-Length"},
        {HEAD "nonsense\r\n\r\n", "no colon"},
        {HEAD "To: <sip:c@h>\r\n\r\n", "stands twice"},
        {HEAD "X: y\n\r\n", "LF"},
        {"SIP/2.0 99 x\r\n\r\n", "no code"},
        {"INVITE sip:b@h SIP/3.0\r\n\r\n", "request line"},
        {"SIP/2.0 200 OK\r\nFrom: a\r\nTo: b\r\nCall-ID: c\r\n\r\n", "is missing"},
        {"SIP/2.0 200 OK\r\nFrom: a\r\nTo: b\r\nCall-ID: c\r\nCSeq: 1 A\r\n\r\n", "no Via"},
    };
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct letter letter = read(&arena, table[i].text);
        if (table[i].wrong)
            cr_expect(letter.wrong && strstr(letter.wrong, table[i].wrong), "%s: %s", table[i].text, letter.wrong);
        else
            cr_expect_null(letter.wrong, "%s", letter.wrong);
    }
    arena_free(&arena);
}
