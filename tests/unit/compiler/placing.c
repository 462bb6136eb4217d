/* SPDX-License-Identifier: MIT */
#include "compiler/placing.h"

#include "grammar/image.h"

#include <criterion/criterion.h>

static struct memory memory;

static void setup(void) {
    arena_init(&memory.arena, NULL, 0, 0);
}

static void teardown(void) {
    arena_free(&memory.arena);
}

TestSuite(placing, .init = setup, .fini = teardown);

/* Each '%' of the template is an insert. */
static struct piece *pieces_of(const char *template) {
    struct piece *first = NULL, **last = &first;
    struct slice text = slice_of(template);
    for (size_t start = 0; start < text.len;) {
        size_t end = slice_find(text, start, '%');
        struct piece *piece = memory_new(&memory, sizeof *piece);
        if (end == start)
            *piece = (struct piece){.slot = 1};
        else
            piece->literal = slice_cut(text, start, end);
        start = end == start ? start + 1 : end;
        *last = piece;
        last = &piece->next;
    }
    return first;
}

Test(placing, an_insert_is_judged_by_the_part_of_the_value_that_it_stands_in) {
    /* a letter for each insert: Text line, User, Host, Port, pAram, uRi, taiL, Quoted, ip6 */
    static const char letters[IMAGE_PIECES] = {
        [IMAGE_PIECE_TEXT] = 'x', [IMAGE_PIECE_LINE] = 't',      [IMAGE_PIECE_USER] = 'u',
        [IMAGE_PIECE_HOST] = 'h', [IMAGE_PIECE_PORT] = 'p',      [IMAGE_PIECE_PARAM] = 'a',
        [IMAGE_PIECE_URI] = 'r',  [IMAGE_PIECE_TAIL] = 'l',      [IMAGE_PIECE_QUOTED] = 'q',
        [IMAGE_PIECE_IP6] = '6',  [IMAGE_PIECE_BARE_USER] = 'U', [IMAGE_PIECE_BARE_URI] = 'R',
    };
    static const struct {
        enum placing placing;
        const char *template, *wanted;
    } cases[] = {
        {PLACING_LINE, "sip:%@% \"%\"", "ttt"},
        {PLACING_TO, "sip:%@host", "u"},
        {PLACING_TO, "sip:%", "l"},
        {PLACING_TO, "sip:8%", "l"},
        {PLACING_TO, "%", "l"},
        {PLACING_TO, "%@gw", "r"},
        {PLACING_TO, "sip:%@%", "ul"},
        {PLACING_TO, "sip:%@%:5060", "uh"},
        {PLACING_TO, "sip:a@h;x=%;y=%", "al"},
        {PLACING_TO, "<sip:%>", "r"},
        {PLACING_TO, "\"%\" <sip:%@%:%;user=%>;tag=%", "quhpat"},
        {PLACING_TO, "% <sip:u@%>", "th"},
        {PLACING_TO, "sip:%;user=phone", "h"},
        {PLACING_URI, "sip:%", "r"},
        {PLACING_URI, "%", "r"},
        {PLACING_URI, "host:%", "p"},
        {PLACING_URI, "%:%", "rp"},
        {PLACING_URI, "gw%.example.com", "h"},
        {PLACING_URI, "[2001:db8::%]:%", "6p"},
        {PLACING_URI, "sip:a;b?c%@host?%=%", "uaa"},
        {PLACING_URI, "tel:%;x=%", "ua"},
        {PLACING_HEADER, "plain % text", "t"},
        {PLACING_FROM, "sip:%@%;%=%", "uhtt"},
        {PLACING_FROM, "\"%\" <sip:%@%>", "quh"},
        {PLACING_FROM, "sip:%", "r"},
        {PLACING_HEADER, "sip:%", "R"},
        {PLACING_HEADER, "tel:%, <tel:%>", "Uu"},
        {PLACING_HEADER, "sip:a@h, sip:%@h", "U"},
        {PLACING_HEADER, "sip:%@%;%=%", "Uhtt"}, /* RFC 3261 20.10: parameters are the header's */
        {PLACING_HEADER, "<sip:%@a>, <sip:b@%>;q=%", "uht"},
        {PLACING_HEADER, "<http://%/%>", "rr"},
        {PLACING_HEADER, "\"a \\\" % <sip:%\" %", "qqt"},
        {PLACING_HEADER, "\"open %", "q"},
        {PLACING_HEADER, "<%", "r"},
        {PLACING_HEADER, "mysip:%", "t"}, /* no scheme starts in the middle of a word */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct piece *pieces = pieces_of(cases[i].template);
        char got[16] = "";
        size_t count = 0;
        placing_set(&memory, pieces, cases[i].placing);
        for (const struct piece *piece = pieces; piece; piece = piece->next)
            if (piece->slot)
                got[count++] = letters[piece->place];
        cr_assert_str_eq(got, cases[i].wanted, "%s: %s", cases[i].template, got);
    }
}
