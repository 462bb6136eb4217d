/* SPDX-License-Identifier: MIT */
/* Texts to scan, and what is expected of them. */
#ifndef FOV_TESTS_UNIT_SIP_SCAN_TEXT_H
#define FOV_TESTS_UNIT_SIP_SCAN_TEXT_H

#include "runtime/sip/scan.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static struct sip_message message; /* the one scanned last */

/* A heap block of exactly that length, so that a sanitizer sees a read behind its end. */
static inline struct scan_result scan_bytes(const char *text, size_t length) {
    static char *copy;
    free(copy);
    copy = malloc(length ? length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, text, length);
    return scan_message(&message, copy, length);
}

static inline struct scan_result scan(const char *text) {
    return scan_bytes(text, strlen(text));
}

#define VIA   "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
#define FROM  "From: <sip:a@h>;tag=1\r\n"
#define TO    "To: <sip:b@h>\r\n"
#define ID    "Call-ID: c@h\r\n"
#define CSEQ  "CSeq: 1 INVITE\r\n"
#define REST  VIA FROM TO ID CSEQ
#define START "INVITE sip:b@h SIP/2.0\r\n"

static inline void expect(const char *text, enum scan_verdict verdict, unsigned code, const char *reason) {
    struct scan_result result = scan(text);
    cr_expect_eq(result.verdict, verdict, "%s: %d %s", text, result.verdict, result.reason);
    if (verdict == SCAN_REFUSED)
        cr_expect_eq(result.code, code, "%s: %u", text, result.code);
    if (reason)
        cr_expect_str_eq(result.reason, reason, "%s: %s", text, result.reason);
}

#endif
