/* SPDX-License-Identifier: MIT */
#include "runtime/plan/piece.h"

#include <criterion/criterion.h>

static bool may_stand(enum image_piece piece, const char *text) {
    struct slice slice = slice_of(text);
    return piece_judge(piece, &slice) == NULL;
}

/* RFC 3261 25.1, rule by rule: user, host, port, pvalue, reserved / unreserved / escaped,
 * quoted-string. */
Test(piece, each_piece_takes_the_bytes_of_its_rule) {
    static const struct {
        enum image_piece piece;
        const char *bytes; /* besides letters and digits */
        bool letters, digits;
    } rows[] = {
        {IMAGE_PIECE_USER, "-_.!~*'()&=+$,;?/", true, true},
        {IMAGE_PIECE_BARE_USER, "-_.!~*'()&=+$/", true, true},
        {IMAGE_PIECE_BARE_URI, "-_.!~*'()/:@&=+$[]", true, true},
        {IMAGE_PIECE_HOST, "-.", true, true},
        {IMAGE_PIECE_PORT, "", false, true},
        {IMAGE_PIECE_PARAM, "-_.!~*'()[]/:&+$", true, true},
        {IMAGE_PIECE_URI, "-_.!~*'();/?:@&=+$,[]", true, true},
        {IMAGE_PIECE_LINE, " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true, true},
        {IMAGE_PIECE_TEXT, "\t\r\n\x01\x7f !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", true, true},
        {IMAGE_PIECE_QUOTED, " !#$%&'()*+,-./:;<=>?@[]^_`{|}~", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int c = 1; c < 0x80; c++) {
            char text[2] = {(char)c, '\0'};
            bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
            bool expected = letter ? rows[i].letters : digit ? rows[i].digits : strchr(rows[i].bytes, c) != NULL;
            if (rows[i].piece == IMAGE_PIECE_TEXT)
                expected = true;
            cr_expect_eq(may_stand(rows[i].piece, text), expected, "%s: 0x%02x", piece_name(rows[i].piece), c);
        }
    }
}

Test(piece, texts_are_judged_whole) {
    static const struct {
        enum image_piece piece;
        const char *text;
        bool may;
    } rows[] = {
        {IMAGE_PIECE_USER, "", true},
        {IMAGE_PIECE_USER, "alice;phone-context=+49", true},
        {IMAGE_PIECE_USER, "a%20b", true},
        {IMAGE_PIECE_USER, "a%2", false},
        {IMAGE_PIECE_USER, "a%", false},
        {IMAGE_PIECE_USER, "a%zz", false},
        {IMAGE_PIECE_USER, "alice@evil", false},
        {IMAGE_PIECE_USER, "alice:secret", false},
        {IMAGE_PIECE_USER, "a b", false},
        {IMAGE_PIECE_USER, "a>", false},
        {IMAGE_PIECE_USER, "\xc3\xa4", false},
        {IMAGE_PIECE_HOST, "gw1.example.com", true},
        {IMAGE_PIECE_HOST, "192.0.2.1", true},
        {IMAGE_PIECE_HOST, "[2001:db8::1]", true},
        {IMAGE_PIECE_HOST, "[2001:db8::1", false},
        {IMAGE_PIECE_HOST, "2001:db8::1", false},
        {IMAGE_PIECE_HOST, "[::1]:5060", false},
        {IMAGE_PIECE_HOST, "192.0.2.1:5060", false},
        {IMAGE_PIECE_HOST, "host;lr", false},
        {IMAGE_PIECE_HOST, "host%41", false},
        {IMAGE_PIECE_IP6, "2001:DB8::192.0.2.1", true},
        {IMAGE_PIECE_IP6, "::1]", false},
        {IMAGE_PIECE_IP6, "fe80::1%eth0", false},
        {IMAGE_PIECE_PORT, "5060", true},
        {IMAGE_PIECE_PORT, "5060;lr", false},
        {IMAGE_PIECE_PARAM, "tcp", true},
        {IMAGE_PIECE_PARAM, "a%3Bb", true},
        {IMAGE_PIECE_PARAM, "tcp;lr", false},
        {IMAGE_PIECE_PARAM, "a=b", false},
        {IMAGE_PIECE_PARAM, "a?b", false},
        {IMAGE_PIECE_URI, "sip:alice@[2001:db8::1]:5060;transport=tcp?subject=a%20b", true},
        {IMAGE_PIECE_URI, "192.0.2.1:5080", true},
        {IMAGE_PIECE_URI, "<sip:alice@host>", false},
        {IMAGE_PIECE_URI, "sip:a@b sip:c@d", false},
        {IMAGE_PIECE_URI, "\"x\"", false},
        {IMAGE_PIECE_LINE, "\xc3\xa4 <sip:a@b>", true},
        {IMAGE_PIECE_LINE, "a\r\nVia: evil", false},
        {IMAGE_PIECE_QUOTED, "Ann \\\"A\\\" Lee", true},
        {IMAGE_PIECE_QUOTED, "Ann\" <sip:evil>", false},
        {IMAGE_PIECE_QUOTED, "Ann\\", false},
        {IMAGE_PIECE_QUOTED, "Ann\\\n", false},
        {IMAGE_PIECE_QUOTED, "\\\xc3\xa4", false},
        {IMAGE_PIECE_QUOTED, "\xc3\xa4", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(may_stand(rows[i].piece, rows[i].text), rows[i].may, "%s: %s", piece_name(rows[i].piece),
                     rows[i].text);
}

Test(piece, a_nul_stands_nowhere_but_in_an_argument) {
    for (enum image_piece piece = 0; piece < IMAGE_PIECES; piece++) {
        struct slice text = {"a\0b", 3};
        cr_expect_eq(piece_judge(piece, &text) == NULL, piece == IMAGE_PIECE_TEXT, "%s", piece_name(piece));
    }
}

Test(piece, the_end_of_a_to_value_is_cut_where_its_uri_ends) {
    static const char *const rows[][2] = {
        {"100@192.0.2.1", "100@192.0.2.1"},
        {"100@192.0.2.1>", "100@192.0.2.1"},
        {"100@192.0.2.1>;tag=x", "100@192.0.2.1"},
        {"100@192.0.2.1;transport=tcp;tag=x", "100@192.0.2.1;transport=tcp"},
        {"100@192.0.2.1;TAG=x", "100@192.0.2.1"},
        {"100@192.0.2.1;tagged=x", "100@192.0.2.1;tagged=x"},
        {"100@192.0.2.1 and more", "100@192.0.2.1"},
        {"100@192.0.2.1\tmore", "100@192.0.2.1"},
        {"\"a > b ;tag=1\"@192.0.2.1>", "\"a > b ;tag=1\"@192.0.2.1"},
        {"\"a \\\" > b\"@h>x", "\"a \\\" > b\"@h"},
        {"", ""},
        {">", ""},
        {"a\\>b", "a\\"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice text = slice_of(rows[i][0]);
        cr_assert_null(piece_judge(IMAGE_PIECE_TAIL, &text));
        cr_assert(slice_equal(text, slice_of(rows[i][1])), "'%.*s' is not '%s'", SLICE_ARG(text), rows[i][1]);
    }
    struct slice broken = SLICE("100@192.0.2.1\r\nVia: evil");
    cr_assert_not_null(piece_judge(IMAGE_PIECE_TAIL, &broken));
    struct slice behind = SLICE("100@192.0.2.1>\r\nVia: evil");
    cr_assert_null(piece_judge(IMAGE_PIECE_TAIL, &behind));
    struct slice open = SLICE("\"100 \\");
    cr_assert_null(piece_judge(IMAGE_PIECE_TAIL, &open));
    cr_assert_eq(open.len, 6);
}

Test(piece, every_piece_has_a_name_of_its_own) {
    for (enum image_piece piece = 0; piece < IMAGE_PIECES; piece++)
        for (enum image_piece other = 0; other < piece; other++)
            cr_assert_str_neq(piece_name(piece), piece_name(other));
}
