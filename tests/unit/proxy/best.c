/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/best.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

/* RFC 3261 16.7 step 6: 6xx, then the lowest class; 401 407 415 420 484 in front in their class;
 * 503 behind 5xx. */
Test(best, the_better_of_two) {
    static const struct {
        unsigned code, than;
        bool said, than_said, better;
    } rows[] = {
        {486, 0, true, false, true},    {603, 486, true, true, true},  {486, 603, true, true, false},
        {302, 404, true, true, true},   {404, 302, true, true, false}, {404, 500, true, true, true},
        {500, 404, true, true, false},  {603, 302, true, true, true},  {600, 603, true, true, false},
        {401, 404, true, true, true},   {407, 480, true, true, true},  {415, 486, true, true, true},
        {420, 408, true, true, true},   {484, 404, true, true, true},  {404, 484, true, true, false},
        {401, 407, true, true, false},  {486, 404, true, true, false}, {500, 503, true, true, true},
        {503, 500, true, true, false},  {503, 404, true, true, false}, {486, 408, true, false, true},
        {408, 486, false, true, false}, {408, 500, false, true, true}, {408, 503, false, false, true},
        {408, 408, true, false, true},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(best_is_better(rows[i].code, rows[i].said, rows[i].than, rows[i].than_said), rows[i].better,
                     "%u than %u", rows[i].code, rows[i].than);
}

static char bytes[8][1024];

static struct sip_message *response(unsigned slot, unsigned code, const char *lines) {
    static struct sip_message messages[8];
    int length = snprintf(bytes[slot], sizeof bytes[slot],
                          "SIP/2.0 %u X\r\nVia: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKa\r\n"
                          "Via: SIP/2.0/UDP 198.51.100.1;branch=z9hG4bKb\r\nFrom: <sip:a@b>;tag=1\r\n"
                          "To: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n%sContent-Length: 0\r\n\r\n",
                          code, lines);
    cr_assert_eq(scan_message(&messages[slot], bytes[slot], (size_t)length).verdict, SCAN_OK);
    return &messages[slot];
}

Test(best, of_several_finals_the_first_of_the_best_stays) {
    struct best best = {0};
    best_offer(&best, 503, NULL, NULL, false);
    best_offer(&best, 408, NULL, NULL, false);
    cr_expect_eq(best.code, 408);
    cr_expect(!best.said || !best.said->bytes);
    best_offer(&best, 486, response(0, 486, ""), NULL, false);
    best_offer(&best, 480, response(1, 480, ""), NULL, false);
    best_offer(&best, 408, NULL, NULL, false);
    cr_expect_eq(best.code, 486);
    cr_expect(best.said->length && memcmp(best.said->bytes, "SIP/2.0 486", 11) == 0);
    best_free(&best);
    cr_expect_eq(best.code, 0);
}

Test(best, last_takes_whatever_came_last) {
    struct best best = {0};
    best_offer(&best, 404, response(0, 404, ""), NULL, true);
    best_offer(&best, 500, response(1, 500, ""), NULL, true);
    cr_expect_eq(best.code, 500);
    cr_expect(memcmp(best.said->bytes, "SIP/2.0 500", 11) == 0);
    best_offer(&best, 408, NULL, NULL, true);
    cr_expect_eq(best.code, 408);
    cr_expect(!best.said || !best.said->bytes);
    best_free(&best);
}

/* 16.7 step 7: in any order of arrival each challenge of the others is kept once, the best one's
 * own is in its bytes. */
Test(best, the_challenges_of_the_others_are_kept) {
    struct best best = {0};
    best_offer(&best, 404, response(0, 404, ""), NULL, false);
    best_offer(&best, 401, response(1, 401, "WWW-Authenticate: Digest realm=\"one\"\r\n"), NULL, false);
    best_offer(&best, 407, response(2, 407, "Proxy-Authenticate: Digest realm=\"two\"\r\n"), NULL, false);
    best_offer(&best, 401,
               response(3, 401,
                        "WWW-Authenticate: Digest\r\n realm=\"three\"\r\nWWW-Authenticate: Digest "
                        "realm=\"four\"\r\n"),
               NULL, false);
    static const char lines[] = "Proxy-Authenticate: Digest realm=\"two\"\r\nWWW-Authenticate: "
                                "Digest\r\n realm=\"three\"\r\n"
                                "WWW-Authenticate: Digest realm=\"four\"\r\n";
    cr_expect_eq(best.code, 401);
    cr_expect(best.said->challenges_length == sizeof lines - 1 &&
                  memcmp(best.said->challenges, lines, sizeof lines - 1) == 0,
              "%.*s", (int)best.said->challenges_length, best.said->challenges);
    best_offer(&best, 407, response(4, 407, "Proxy-Authenticate: Digest realm=\"five\"\r\n"), NULL, true);
    cr_expect_eq(best.code, 407);
    static const char one[] = "WWW-Authenticate: Digest realm=\"one\"\r\n";
    cr_expect(best.said->challenges_length == sizeof lines - 1 + sizeof one - 1 &&
              memcmp(best.said->challenges + sizeof lines - 1, one, sizeof one - 1) == 0);
    best_free(&best);
}
