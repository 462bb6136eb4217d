/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/breadth.h"

#include <criterion/criterion.h>

#include <stdio.h>

static struct sip_message *request(const char *header) {
    static struct sip_message message;
    static char bytes[1024];
    int length = snprintf(bytes, sizeof bytes,
                          "INVITE sip:c@d SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKb\r\nFrom: "
                          "<sip:a@b>;tag=1\r\n"
                          "To: <sip:c@d>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n%sContent-Length: 0\r\n\r\n",
                          header);
    cr_assert_eq(scan_message(&message, bytes, (size_t)length).verdict, SCAN_OK);
    return &message;
}

Test(breadth, absent_or_above_60_is_60) {
    static const struct {
        const char *header;
        bool number;
        unsigned breadth;
    } rows[] = {
        {"", true, 60},
        {"Max-Breadth: 60\r\n", true, 60},
        {"Max-Breadth: 61\r\n", true, 60},
        {"Max-Breadth: 99999999999999999999999\r\n", true, 60},
        {"Max-Breadth: 59\r\n", true, 59},
        {"max-breadth : 1\r\n", true, 1},
        {"Max-Breadth: 0\r\n", true, 0},
        {"Max-Breadth: -1\r\n", false, 60},
        {"Max-Breadth: many\r\n", false, 60},
        {"Max-Breadth:\r\n", false, 60},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned breadth;
        cr_expect_eq(breadth_received(request(rows[i].header), &breadth), rows[i].number, "%s", rows[i].header);
        cr_expect(!rows[i].number || breadth == rows[i].breadth, "%s: %u", rows[i].header, breadth);
    }
}

/* RFC 5393 5.3.3: what is out and what is left is never more than what came in. */
Test(breadth, an_attempt_carries_half_of_what_is_left_and_at_least_1) {
    static const unsigned shares[] = {30, 15, 7, 4, 2, 1, 1, 0};
    unsigned left = 60;
    for (unsigned i = 0; i < sizeof shares / sizeof *shares; i++) {
        cr_expect_eq(breadth_share(left), shares[i], "attempt %u of %u", i + 1, left);
        left -= breadth_share(left);
    }
    cr_expect_eq(left, 0);
}
