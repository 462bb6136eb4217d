/* SPDX-License-Identifier: MIT */
#include "runtime/sip/edit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct sip_message message;
static struct edit edit;
static struct arena arena;
static char out[8192];

static const char text[] = "INVITE sip:b@h SIP/2.0\r\n"
                           "v : SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
                           "From: <sip:a@h>;tag=1\r\n"
                           "TO:\r\n <sip:b@h>\r\n"
                           "i: c\r\n"
                           "CSeq: 1 INVITE\r\n"
                           "X-Thing: 1,\r\n\t2\r\n"
                           "Via: SIP/2.0/TCP b\r\n"
                           "x-thing : 3\r\n"
                           "Subject:\r\n"
                           "\r\n"
                           "body";

static void begin(void) {
    cr_assert_eq(scan_message(&message, text, sizeof text - 1).verdict, SCAN_OK);
    edit_begin(&edit, &message);
    arena_init(&arena, NULL, 0, 0);
}

static void expect(const char *wanted) {
    long length = edit_apply(&edit, out, sizeof out - 1);
    cr_assert_geq(length, 0);
    out[length] = '\0';
    cr_expect_str_eq(out, wanted);
    cr_expect_eq(edit_size(&edit), (size_t)length);
    arena_free(&arena);
}

Test(edit, no_edit_gives_back_every_byte) {
    begin();
    expect(text);
}

Test(edit, pieces_are_applied_in_the_order_of_the_message_then_of_the_calls) {
    begin();
    edit_append_line(&edit, SLICE("Y: 1\r\n"));
    edit_replace(&edit, message.uri_at, message.uri_at + 7, SLICE("sips:z@[::1]"));
    edit_prepend_line(&edit, SLICE("Via: new\r\n"));
    edit_prepend_line(&edit, SLICE("Record-Route: <sip:us;lr>\r\n"));
    edit_append_line(&edit, SLICE("Z: 2\r\n"));
    expect("INVITE sips:z@[::1] SIP/2.0\r\n"
           "Via: new\r\n"
           "Record-Route: <sip:us;lr>\r\n"
           "v : SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
           "From: <sip:a@h>;tag=1\r\n"
           "TO:\r\n <sip:b@h>\r\n"
           "i: c\r\n"
           "CSeq: 1 INVITE\r\n"
           "X-Thing: 1,\r\n\t2\r\n"
           "Via: SIP/2.0/TCP b\r\n"
           "x-thing : 3\r\n"
           "Subject:\r\n"
           "Y: 1\r\n"
           "Z: 2\r\n"
           "\r\n"
           "body");
}

Test(edit, a_header_goes_in_every_spelling_and_with_its_folds) {
    begin();
    edit_remove_header(&edit, HEADER_VIA, SLICE_NULL);
    edit_remove_header(&edit, HEADER_OTHER, SLICE("X-THING"));
    edit_remove_header(&edit, HEADER_TO, SLICE_NULL);
    edit_remove_header(&edit, HEADER_OTHER, SLICE("Absent"));
    expect("INVITE sip:b@h SIP/2.0\r\n"
           "From: <sip:a@h>;tag=1\r\n"
           "i: c\r\n"
           "CSeq: 1 INVITE\r\n"
           "Subject:\r\n"
           "\r\n"
           "body");
}

Test(edit, a_header_is_set_where_its_first_line_stood_and_added_at_the_end) {
    begin();
    cr_assert_eq(edit_set_header(&edit, &arena, HEADER_OTHER, SLICE("x-THING"), SLICE("9")), 0);
    cr_assert_eq(edit_set_header(&edit, &arena, HEADER_TO, SLICE("To"), SLICE("<sip:c@h>")), 0);
    cr_assert_eq(edit_set_header(&edit, &arena, HEADER_SUBJECT, SLICE("Subject"), SLICE("hi")), 0);
    cr_assert_eq(edit_set_header(&edit, &arena, HEADER_EXPIRES, SLICE("Expires"), SLICE("60")), 0);
    cr_assert_eq(edit_set_header(&edit, &arena, HEADER_OTHER, SLICE("X-New"), SLICE("n")), 0);
    cr_assert_eq(edit_set_header(&edit, &arena, HEADER_CONTACT, SLICE("Contact"), SLICE_EMPTY), 0);
    cr_assert_eq(edit_set_header(&edit, &arena, HEADER_VIA, SLICE("Via"), SLICE_EMPTY), 0);
    expect("INVITE sip:b@h SIP/2.0\r\n"
           "From: <sip:a@h>;tag=1\r\n"
           "TO:\r\n <sip:c@h>\r\n"
           "i: c\r\n"
           "CSeq: 1 INVITE\r\n"
           "X-Thing: 9\r\n"
           "Subject:hi\r\n"
           "Expires: 60\r\n"
           "X-New: n\r\n"
           "\r\n"
           "body");
}

Test(edit, a_message_says_how_long_its_body_is_once) {
    static const char without[] =
        "OPTIONS sip:h SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\n"
        "To: <sip:h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\nbody";
    char with[512];
    begin();
    for (int time = 0; time < 2; time++) {
        const char *bytes = time ? with : without;
        cr_assert_eq(scan_message(&message, bytes, strlen(bytes)).verdict, SCAN_OK);
        edit_begin(&edit, &message);
        cr_assert_eq(edit_add_length(&edit, &arena), 0);
        snprintf(with, sizeof with, "%.*sContent-Length: 4\r\n\r\nbody", (int)(sizeof without - 7), without);
        expect(with);
    }
}

Test(edit, overlapping_edits_leave_out_what_either_does) {
    begin();
    unsigned from = message.first[HEADER_FROM] - 1u;
    edit_set_value(&edit, from, SLICE("lost"));
    edit_remove_header(&edit, HEADER_FROM, SLICE_NULL);
    edit_remove_header(&edit, HEADER_FROM, SLICE_NULL);
    unsigned cseq = message.first[HEADER_CSEQ] - 1u;
    edit_set_value(&edit, cseq, SLICE("first"));
    edit_set_value(&edit, cseq, SLICE("second"));
    edit_prepend_line(&edit, SLICE("Top: 1\r\n"));
    edit_remove_header(&edit, HEADER_VIA, SLICE_NULL);
    edit_prepend_line(&edit, SLICE("Top: 2\r\n"));
    uint32_t thing = message.headers[message.first[HEADER_CSEQ]].at;
    edit_replace(&edit, thing, thing + 10, SLICE("A"));
    edit_replace(&edit, thing + 5, thing + 14, SLICE("B"));
    expect("INVITE sip:b@h SIP/2.0\r\n"
           "Top: 1\r\nTop: 2\r\n"
           "TO:\r\n <sip:b@h>\r\n"
           "i: c\r\n"
           "CSeq: second\r\n"
           "A2\r\n"
           "x-thing : 3\r\n"
           "Subject:\r\n"
           "\r\n"
           "body");
}

Test(edit, what_does_not_fit_is_an_error) {
    begin();
    cr_expect_eq(edit_apply(&edit, out, sizeof text - 2), -E2BIG);
    cr_expect_eq(edit_apply(&edit, out, sizeof text - 1), (long)sizeof text - 1);
    for (unsigned i = 0; i <= EDITS_MAX; i++) {
        cr_expect_eq(edit.overflow, false);
        edit_append_line(&edit, SLICE("A: b\r\n"));
    }
    cr_expect(edit.overflow);
    cr_expect_eq(edit_apply(&edit, out, sizeof out), -E2BIG);
    arena_free(&arena);
    begin();
    arena_init(&arena, NULL, 0, 1);
    cr_expect_eq(edit_set_header(&edit, &arena, HEADER_OTHER, SLICE("X-New"), SLICE("n")), -ENOMEM);
}
