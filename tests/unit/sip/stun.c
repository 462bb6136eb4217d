/* SPDX-License-Identifier: MIT */
#include "runtime/sip/stun.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define TRANSACTION "\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
#define PRIORITY    "\x00\x24\x00\x04\x6e\x00\x01\xff"
/* RFC 5769 2.1 in two halves. */
#define OF_ICE                                                                                                         \
    "\x80\x22\x00\x10STUN test client" PRIORITY "\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"                     \
    "\x00\x06\x00\x09"                                                                                                 \
    "evtj:h6vY   "
#define SEAL                                                                                                           \
    "\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49\xc1\xb5\x71\xa2"                 \
    "\x80\x28\x00\x04\xe5\x7a\x3b\xcf"
/* 2.4, RFC 8489 B.1 */
#define LONG_TERM                                                                                                      \
    "\x00\x01\x00\x60\x21\x12\xa4\x42\x78\xad\x34\x33\xc6\xad\x72\xc0\x29\xda\x41\x2e"                                 \
    "\x00\x06\x00\x12\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9\x00\x00"                 \
    "\x00\x15\x00\x1c"                                                                                                 \
    "f//499k954d6OL34oL9FSTvy64sA"                                                                                     \
    "\x00\x14\x00\x0b"                                                                                                 \
    "example.org\x00"                                                                                                  \
    "\x00\x08\x00\x14\xf6\x70\x24\x65\x6d\xd6\x4a\x3e\x02\xb8\xe0\x71\x2e\x85\xc9\xa2\x8c\xa8\x96\x66"
#define SHA256                                                                                                         \
    "\x00\x01\x00\x88\x21\x12\xa4\x42\x78\xad\x34\x33\xc6\xad\x72\xc0\x29\xda\x41\x2e"                                 \
    "\x00\x1e\x00\x20\x4a\x3c\xf3\x8f\xef\x69\x92\xbd\xa9\x52\xc6\x78\x04\x17\xda\x0f\x24\x81\x94\x15\x56\x9e\x60\xb2" \
    "\x05\xc4\x6e\x41\x40\x7f\x17\x04"                                                                                 \
    "\x00\x15\x00\x29"                                                                                                 \
    "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA\x00\x00\x00"                                                            \
    "\x00\x14\x00\x0b"                                                                                                 \
    "example.org\x00"                                                                                                  \
    "\x00\x1c\x00\x20\xfd\x8c\x27\x38\x60\xd2\xe1\x8e\xbc\xa4\xc8\x9b\x69\x73\xbe\xfa\x7e\xe8\xec\xc6\x9e\x96\x42\xdb" \
    "\x32\x6f\xab\x65\xa0\xb9\x55\xba"

/* The answer to those bytes, which nothing may be read behind; `from` is an address, its port that of RFC 5769. */
static struct slice answer_to(struct slice bytes, const char *from) {
    static char answer[STUN_ANSWER_MAX];
    struct endpoint source = {.transport = TRANSPORT_UDP, .port = 32853};
    char *copy = malloc(bytes.len ? bytes.len : 1);
    cr_assert(ip_parse(&source.ip, slice_of(from)) && copy);
    if (bytes.len)
        memcpy(copy, bytes.at, bytes.len);
    struct slice got = stun_answer((struct slice){copy, bytes.len}, &source, answer);
    free(copy);
    cr_expect(!got.at || got.len <= bytes.len + STUN_MORE_MAX, "%zu for %zu bytes", got.len, bytes.len);
    return got;
}

static bool is_answered(struct slice bytes, struct slice with) {
    return slice_equal(answer_to(bytes, "192.0.2.1"), with);
}

Test(stun, a_request_is_told_where_it_came_from_as_the_vectors_say) {
    const struct slice request = SLICE("\x00\x01\x00\x00" TRANSACTION);
    cr_expect(slice_equal(answer_to(request, "192.0.2.1"),
                          SLICE("\x01\x01\x00\x0c" TRANSACTION "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43")));
    cr_expect(slice_equal(answer_to(request, "2001:db8:1234:5678:11:2233:4455:6677"),
                          SLICE("\x01\x01\x00\x18" TRANSACTION "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5"
                                "\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9")));
}

Test(stun, credentials_are_known_and_ignored) {
    cr_expect(slice_starts(answer_to(SLICE(LONG_TERM), "192.0.2.1"), SLICE("\x01\x01\x00\x0c")));
    cr_expect(slice_starts(answer_to(SLICE(SHA256), "192.0.2.1"), SLICE("\x01\x01\x00\x0c")));
}

Test(stun, what_has_to_be_understood_and_is_not_is_listed_in_a_420) {
#define REFUSED(length, types_length, types)                                                                           \
    SLICE("\x01\x11\x00" length TRANSACTION "\x00\x09\x00\x04\x00\x00\x04\x14\x00\x0a\x00" types_length types)
    cr_expect(
        is_answered(SLICE("\x00\x01\x00\x58" TRANSACTION OF_ICE SEAL), REFUSED("\x10", "\x02", "\x00\x24\x00\x00")));
    cr_expect(is_answered(SLICE("\x00\x01\x00\x08" TRANSACTION "\x00\x03\x00\x00\x7f\xff\x00\x00"),
                          REFUSED("\x10", "\x04", "\x00\x03\x7f\xff")));
}

Test(stun, what_stands_behind_the_seal_of_integrity_is_ignored) {
    cr_expect(
        slice_starts(answer_to(SLICE("\x00\x01\x00\x28" TRANSACTION SEAL PRIORITY), "192.0.2.1"), SLICE("\x01\x01")));
}

Test(stun, what_is_no_request_gets_nothing) {
    static const struct slice rows[] = {
        SLICE(""),
        SLICE("\x00\x01\x00\x00"),
        SLICE("\x00\x01\x00\x00" TRANSACTION "\x00\x00\x00\x00"),                 /* longer than it says */
        SLICE("\x00\x01\x00\x04" TRANSACTION),                                    /* shorter */
        SLICE("\x00\x01\x00\x02" TRANSACTION "\x80\x22"),                         /* no multiple of 4 */
        SLICE("\x00\x01\x00\x04" TRANSACTION "\x80\x22\x00\x01"),                 /* half an attribute */
        SLICE("\x00\x01\x00\x04" TRANSACTION "\x80\x22\xff\xff"),                 /* the same */
        SLICE("\x00\x01\x00\x08" TRANSACTION "\x00\x24\x00\x08    "),             /* the same, to be understood */
        SLICE("\x00\x01\x00\x08" TRANSACTION "\x00\x08\x00\x00\x00\x24\x00\x01"), /* the same, behind a seal */
        SLICE("\x00\x01\x00\x00\x21\x12\xa4\x43            "),                    /* RFC 3489 */
        SLICE("\x01\x01\x00\x00" TRANSACTION),                                    /* a success */
        SLICE("\x01\x11\x00\x00" TRANSACTION),                                    /* an error */
        SLICE("\x00\x11\x00\x00" TRANSACTION),                                    /* an indication */
        SLICE("\x00\x03\x00\x00" TRANSACTION),                                    /* TURN's Allocate */
        SLICE("OPTIONS sip:a SIP/2.0\r\n\r\n"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect(!answer_to(rows[i], "192.0.2.1").at, "%zu", i);
    for (size_t length = 0; length < sizeof LONG_TERM - 1; length++)
        cr_expect(!answer_to((struct slice){LONG_TERM, length}, "192.0.2.1").at, "%zu", length);
}

/* A request full of attributes of no value that nobody knows. */
static struct slice filled(char *bytes, size_t length) {
    memcpy(bytes, "\x00\x01\x00\x00" TRANSACTION, STUN_HEADER);
    bytes[2] = (char)((length - STUN_HEADER) >> 8);
    bytes[3] = (char)(length - STUN_HEADER);
    for (size_t at = STUN_HEADER; at < length; at += 4)
        memcpy(bytes + at, "\x7f\x01\x00\x00", 4);
    return (struct slice){bytes, length};
}

Test(stun, a_request_has_a_length_that_fits_any_path) {
    static char bytes[STUN_REQUEST_MAX + 4];
    struct slice answer = answer_to(filled(bytes, STUN_REQUEST_MAX), "192.0.2.1");
    cr_expect_eq(answer.len, STUN_HEADER + 8 + 4 + (STUN_REQUEST_MAX - STUN_HEADER) / 2 + 2);
    cr_expect(!answer_to(filled(bytes, STUN_REQUEST_MAX + 4), "192.0.2.1").at);
}
