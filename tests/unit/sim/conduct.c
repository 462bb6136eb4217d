/* SPDX-License-Identifier: MIT */
/* Every rule of conduct.h is broken once, by one change of a message that keeps them all. */
#include "runtime/sim/conduct.h"

#include <criterion/criterion.h>

#define INVITE_IN                                                                                                      \
    "INVITE sip:100@fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-c;rport\r\n"              \
    "Max-Forwards: 70\r\nFrom: <sip:c@h>;tag=1\r\nTo: <sip:100@fov.example>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"       \
    "Subject: one\r\nRoute: <sip:r@h;lr>\r\nContent-Length: 2\r\n\r\nhi"
#define OUR_VIA "Via: SIP/2.0/UDP 203.0.113.1:5060;branch=z9hG4bKours1234\r\n"
#define INVITE_OUT                                                                                                     \
    "INVITE sip:100@192.0.2.101 SIP/2.0\r\n" OUR_VIA "Record-Route: <sip:203.0.113.1:5060;lr>\r\n"                     \
    "Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-c;rport=5060;received=198.51.100.1\r\n"                         \
    "Max-Forwards: 69\r\nFrom: <sip:c@h>;tag=1\r\nTo: <sip:100@192.0.2.101>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"       \
    "Subject: one\r\nRoute: <sip:r@h;lr>\r\nContent-Length: 2\r\n\r\nhi"
#define RINGING_IN                                                                                                     \
    "SIP/2.0 180 Ringing\r\n" OUR_VIA "Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-c\r\n"                        \
    "From: <sip:c@h>;tag=1\r\nTo: <sip:100@192.0.2.101>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"                     \
    "Content-Length: 0\r\n\r\n"
#define BUSY_IN                                                                                                        \
    "SIP/2.0 486 Busy\r\n" OUR_VIA "Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-c\r\n"                           \
    "From: <sip:c@h>;tag=1\r\nTo: <sip:100@192.0.2.101>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"                     \
    "Content-Length: 0\r\n\r\n"
#define CANCEL_OUT                                                                                                     \
    "CANCEL sip:100@192.0.2.101 SIP/2.0\r\n" OUR_VIA "Max-Forwards: 70\r\nRoute: <sip:r@h;lr>\r\n"                     \
    "From: <sip:c@h>;tag=1\r\nTo: <sip:100@192.0.2.101>\r\nCall-ID: x\r\nCSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n"
#define ACK_OUT                                                                                                        \
    "ACK sip:100@192.0.2.101 SIP/2.0\r\n" OUR_VIA "Max-Forwards: 70\r\nRoute: <sip:r@h;lr>\r\n"                        \
    "From: <sip:c@h>;tag=1\r\nTo: <sip:100@192.0.2.101>;tag=2\r\nCall-ID: x\r\nCSeq: 1 ACK\r\n"                        \
    "Content-Length: 0\r\n\r\n"
#define UP(status, tag)                                                                                                \
    "SIP/2.0 " status "\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-c;rport=5060\r\n"                         \
    "From: <sip:c@h>;tag=1\r\nTo: <sip:100@fov.example>" tag "\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"                    \
    "Content-Length: 0\r\n\r\n"
#define MESSAGE_IN                                                                                                     \
    "MESSAGE sip:100@fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-m\r\n"                   \
    "Max-Forwards: 70\r\nFrom: <sip:c@h>;tag=1\r\nTo: <sip:100@fov.example>\r\nCall-ID: m\r\nCSeq: 1 MESSAGE\r\n"      \
    "Content-Length: 0\r\n\r\n"
#define MESSAGE_ENDLESS_IN                                                                                             \
    "MESSAGE sip:100@fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-m\r\n"                   \
    "Max-Forwards: 70\r\nFrom: <sip:c@h>;tag=1\r\nTo: <sip:100@fov.example>\r\nCall-ID: m\r\nCSeq: 1 MESSAGE\r\n\r\n"
#define MESSAGE_OUT                                                                                                    \
    "MESSAGE sip:100@192.0.2.101 SIP/2.0\r\n" OUR_VIA                                                                  \
    "Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-m\r\nMax-Forwards: 69\r\nFrom: <sip:c@h>;tag=1\r\n"             \
    "To: <sip:100@fov.example>\r\nCall-ID: m\r\nCSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n"
#define MESSAGE_UP                                                                                                     \
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-m\r\n"                                        \
    "From: <sip:c@h>;tag=1\r\nTo: <sip:100@fov.example>;tag=2\r\nCall-ID: m\r\nCSeq: 1 MESSAGE\r\n"                    \
    "Content-Length: 0\r\n\r\n"

#define REGISTER_IN                                                                                                    \
    "REGISTER sip:fov.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-r\r\n"                      \
    "Max-Forwards: 70\r\nFrom: <sip:c@h>;tag=1\r\nTo: <sip:100@fov.example>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\n"     \
    "Contact: <sip:c@h>\r\nPath: <sip:a;lr>, <sip:b;lr>\r\nContent-Length: 0\r\n\r\n"
#define REGISTER_UP                                                                                                    \
    "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-r\r\n"                                        \
    "From: <sip:c@h>;tag=1\r\nTo: <sip:100@fov.example>;tag=2\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\n"                   \
    "Contact: <sip:d@h>;expires=9, <sip:c@h>;expires=60\r\nPath: <sip:a;lr>,<sip:b;lr>\r\nContent-Length: 0\r\n\r\n"
#define KEEPALIVE_OUT                                                                                                  \
    "OPTIONS sip:100@192.0.2.101 SIP/2.0\r\n" OUR_VIA "Max-Forwards: 70\r\nFrom: <sip:203.0.113.1>;tag=1\r\n"          \
    "To: <sip:100@192.0.2.101>\r\nCall-ID: k\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

static const struct sim_sent from_listener = {.local = {.ip = {4, {203, 0, 113, 1}}, .port = 5060}};
static const struct sim_connection connection = {.number = 1};
static const struct sim_sent from_stream = {
    .local = {.ip = {4, {203, 0, 113, 1}}, .port = 5060, .transport = TRANSPORT_TCP}, .connection = &connection};
static const struct sim_sent from_elsewhere = {.local = {.ip = {4, {203, 0, 113, 1}}, .port = 5061}};

/* What went before, each line "> text" to fov or "< text" from it, all good. */
enum { BEFORE_MAX = 6 };

struct row {
    const char *before[BEFORE_MAX]; /* to fov; those that leave start with '<' */
    const char *leaves;
    const char *find, *put; /* the change that breaks the rule; NULL: none, it is good */
    const char *rule;
};

#define INVITED                                                                                                        \
    { INVITE_IN }
#define SENT                                                                                                           \
    { INVITE_IN, "<" INVITE_OUT }
#define RUNG                                                                                                           \
    { INVITE_IN, "<" INVITE_OUT, RINGING_IN }
#define FAILED                                                                                                         \
    { INVITE_IN, "<" INVITE_OUT, BUSY_IN }

static const struct row rows[] = {
    {INVITED, INVITE_OUT, NULL, NULL, NULL},
    {INVITED, INVITE_OUT, "Via: SIP/2.0/UDP 203.0.113.1", "Via: SIP/2.0/UDP 203.0.113.9", "top Via must be our own"},
    {INVITED, INVITE_OUT, "SIP/2.0/UDP 203.0.113.1", "SIP/2.0/TCP 203.0.113.1", "the transport that it leaves by"},
    {INVITED, INVITE_OUT, "z9hG4bKours1234", "z8hG4bKours1234", "begin with z9hG4bK"},
    {INVITED, INVITE_OUT, "z9hG4bK-c;", "z9hG4bK-d;", "below its own Via"},
    {INVITED, INVITE_OUT, "Max-Forwards: 69", "Max-Forwards: 70", "one less"},
    {INVITED, INVITE_OUT, "Max-Forwards: 69\r\n", "", "no Max-Forwards"},
    {INVITED, INVITE_OUT, "c@h>;tag=1", "c@h>;tag=3", "the tags"},
    {INVITED, INVITE_OUT, "<sip:c@h>", "<sip:d@h>", "From must be as it came"},
    {INVITED, INVITE_OUT, "Subject: one", "Subject:  one", "byte for byte"},
    {INVITED, INVITE_OUT, "Subject: one\r\n", "", "byte for byte"},
    {INVITED, INVITE_OUT, "Subject: one\r\n", "Subject: one\r\nX: y\r\n", "byte for byte"},
    {INVITED, INVITE_OUT, "\r\nhi", "\r\nho", "the body"},
    {INVITED, INVITE_OUT, "\r\nhi", "\r\nhip", "Content-Length"},
    {INVITED, INVITE_OUT, "Record-Route: <sip:203.0.113.1:5060;lr>\r\n", "", "our Record-Route"},
    {INVITED, INVITE_OUT, "5060;lr>", "5060>", "must have ;lr"},
    {INVITED, INVITE_OUT, "CSeq: 1", "CSeq: 2", "no request came"},
    {INVITED, INVITE_OUT, "Call-ID: x", "Call-ID: y", "no request came"},
    {SENT, INVITE_OUT, NULL, NULL, NULL},
    {SENT, INVITE_OUT, "Max-Forwards: 69", "Max-Forwards: 68", "the same bytes"},
    {RUNG, CANCEL_OUT, NULL, NULL, NULL},
    {SENT, CANCEL_OUT, NULL, NULL, "only after a provisional"},
    {RUNG, CANCEL_OUT, "z9hG4bKours1234", "z9hG4bKother123", "no INVITE of its branch"},
    {RUNG, CANCEL_OUT, "CANCEL sip:100@", "CANCEL sip:101@", "its Request-URI"},
    {RUNG, CANCEL_OUT, "To: <sip:100@", "To: <sip:101@", "the To of a CANCEL"},
    {RUNG, CANCEL_OUT, "From: <sip:c@", "From: <sip:d@", "Call-ID and From"},
    {RUNG, CANCEL_OUT, "CSeq: 1", "CSeq: 2", "CSeq number"},
    {RUNG, CANCEL_OUT, "Route: <sip:r@h;lr>\r\n", "", "its Route"},
    {RUNG, CANCEL_OUT, "Max-Forwards", "Via: SIP/2.0/UDP x\r\nMax-Forwards", "one Via"},
    {RUNG, CANCEL_OUT, "Max-Forwards", "Require: y\r\nMax-Forwards", "no Require"},
    {FAILED, ACK_OUT, NULL, NULL, NULL},
    {FAILED, ACK_OUT, ";tag=2", ";tag=3", "the To of an ACK"},
    {RUNG, ACK_OUT, NULL, NULL, "the To of an ACK"},
    {FAILED, ACK_OUT, "ACK sip:100@", "ACK sip:101@", "its Request-URI"},
    {INVITED, UP("100 Trying", ""), NULL, NULL, NULL},
    {INVITED, UP("180 Ringing", ";tag=2"), NULL, NULL, NULL},
    {INVITED, UP("180 Ringing", ";tag=2"), ";tag=2", "", "must have a tag"},
    {INVITED, UP("180 Ringing", ";tag=2"), "<sip:100@fov.example>;", "<sip:100@192.0.2.101>;", "byte for byte"},
    {INVITED, UP("180 Ringing", ";tag=2"), "c@h>;tag=1", "c@h>;tag=9", "its From"},
    {INVITED, UP("180 Ringing", ";tag=2"), "z9hG4bK-c", "z9hG4bK-d", "no request came"},
    {INVITED, UP("180 Ringing", ";tag=2"), "From", "Via: SIP/2.0/UDP 203.0.113.1\r\nFrom", "its Vias"},
    {{INVITE_IN, "<" UP("486 Busy", ";tag=2")}, UP("180 Ringing", ";tag=2"), NULL, NULL, "may not follow the final"},
    {{INVITE_IN, "<" UP("486 Busy", ";tag=2")}, UP("486 Busy", ";tag=2"), NULL, NULL, NULL},
    {{INVITE_IN, "<" UP("486 Busy", ";tag=2")}, UP("486 Busy", ";tag=3"), NULL, NULL, "one final"},
    {{INVITE_IN, "<" UP("486 Busy", ";tag=2")}, UP("200 OK", ";tag=3"), NULL, NULL, NULL},
    {{INVITE_IN, "<" UP("200 OK", ";tag=2")}, UP("200 OK", ";tag=3"), NULL, NULL, NULL},
    {{MESSAGE_IN}, MESSAGE_OUT, NULL, NULL, NULL},
    {{MESSAGE_IN}, MESSAGE_OUT, "Content-Length: 0\r\n", "", "byte for byte"},
    {{MESSAGE_ENDLESS_IN}, MESSAGE_OUT, NULL, NULL, NULL},
    {{MESSAGE_IN}, MESSAGE_UP, NULL, NULL, NULL},
    {{MESSAGE_IN}, MESSAGE_UP, "200 OK", "408 Timeout", "RFC 4320"},
    {{MESSAGE_IN, "<" MESSAGE_UP}, MESSAGE_UP, "tag=2", "tag=3", "one final"},
    {{REGISTER_IN}, REGISTER_UP, NULL, NULL, NULL},
    {{REGISTER_IN}, REGISTER_UP, ";expires=60", "", "when it expires"},
    {{REGISTER_IN}, REGISTER_UP, ",<sip:b;lr>", "", "its Path"},
    {{NULL}, KEEPALIVE_OUT, NULL, NULL, NULL},
    {{NULL}, KEEPALIVE_OUT, "OPTIONS", "MESSAGE", "no request came"},
    {{NULL}, KEEPALIVE_OUT, "Max-Forwards: 70\r\n", "", "one each of"},
    {{NULL}, KEEPALIVE_OUT, ">;tag=1", ">", "a From tag"},
    {{NULL}, KEEPALIVE_OUT, "Call-ID", "Route: <sip:r@h;lr>\r\nCall-ID", "goes nowhere else"},
    {{NULL}, "\r\n\r\n", NULL, NULL, NULL},
};

static struct slice changed(struct arena *arena, const struct row *row) {
    const char *at = row->find ? strstr(row->leaves, row->find) : NULL;
    if (!row->find)
        return slice_of(row->leaves);
    cr_assert(at, "%s is not in %s", row->find, row->leaves);
    return slice_of(
        arena_printf(arena, "%.*s%s%s", (int)(at - row->leaves), row->leaves, row->put, at + strlen(row->find)));
}

static void play_row(const struct row *row, const struct sim_sent *sent, const char *rule) {
    static const char text[] =
        "story \"one\"\noptions nat-keepalive=25s keepalive-with=options\nplan\n    To = sip:100@192.0.2.101\n";
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    struct play play = {.arena = &arena, .story = story_read(&arena, "x", slice_of(text)), .history.arena = &arena};
    page_init(&play.failure, &arena);
    const struct story_party *party = story_party_named(play.story, SLICE("caller"));
    for (unsigned i = 0; i < BEFORE_MAX && row->before[i]; i++) {
        bool left = row->before[i][0] == '<';
        struct exchange *e = history_add(&play.history, 0, party, left, SLICE_NULL, slice_of(row->before[i] + left));
        e->sent = sent;
    }
    struct exchange *last = history_add(&play.history, 0, party, true, SLICE_NULL, changed(&arena, row));
    last->sent = sent;
    conduct_check(&play, last);
    struct slice failure = page_slice(&play.failure);
    const char *said = arena_copy(&arena, failure).at;
    if (rule)
        cr_expect(play.failed && strstr(said, rule), "not '%s' but: %s", rule, said);
    else
        cr_expect_not(play.failed, "%s", said);
    arena_free(&arena);
}

Test(conduct, every_rule_is_noticed_when_it_is_broken) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        play_row(&rows[i], &from_listener, rows[i].rule);
}

Test(conduct, on_a_stream_everything_says_how_long_it_is_and_nothing_is_said_again) {
    static const char udp[] = "SIP/2.0/UDP 203.0.113.1", tcp[] = "SIP/2.0/TCP 203.0.113.1";
    static const struct row streams[] = {
        {INVITED, INVITE_OUT, udp, tcp, NULL},
        {SENT, INVITE_OUT, udp, tcp, "again over a stream"},
        {RUNG, CANCEL_OUT, udp, udp, "the transport that it leaves by"},
        {INVITED, UP("486 Busy", ";tag=2"), NULL, NULL, NULL},
        {INVITED, UP("486 Busy", ";tag=2"), "Content-Length: 0\r\n", "", "how long its body is"},
        {{INVITE_IN, "<" UP("486 Busy", ";tag=2")}, UP("486 Busy", ";tag=2"), NULL, NULL, "again over a stream"},
        {{INVITE_IN, "<" UP("200 OK", ";tag=2")},
         UP("200 OK", ";tag=2"),
         NULL,
         NULL,
         NULL}, /* the callee says it again */
    };
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        play_row(&streams[i], &from_stream, streams[i].rule);
}

Test(conduct, what_leaves_must_leave_a_listener) {
    play_row(&rows[0], &from_elsewhere, "from a listener");
}

/* `request` came, `answer` leaves from a listener at `port`; NULL: nothing is wrong with that. */
static void play_stun(struct slice request, struct slice answer, uint16_t port, const char *rule) {
    struct sim_sent sent = from_listener;
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    struct play play = {.arena = &arena,
                        .story = story_read(&arena, "x", SLICE("story \"one\"\nplan\n    To = sip:100@192.0.2.101\n")),
                        .history.arena = &arena};
    sent.local.port = port;
    page_init(&play.failure, &arena);
    const struct story_party *party = story_party_named(play.story, SLICE("caller"));
    history_add(&play.history, 0, party, false, SLICE_NULL, request);
    struct exchange *last = history_add(&play.history, 0, party, true, SLICE_NULL, answer);
    last->sent = &sent;
    conduct_check(&play, last);
    const char *said = arena_copy(&arena, page_slice(&play.failure)).at;
    if (rule)
        cr_expect(play.failed && strstr(said, rule), "not '%s' but: %s", rule, said);
    else
        cr_expect_not(play.failed, "%s", said);
    arena_free(&arena);
}

Test(conduct, stun_is_answered_where_it_was_asked_and_at_no_length) {
    static const char request[] = "\0\1\0\0\x21\x12\xa4\x42transaction1",
                      answer[64] = "\1\1\0\x0c\x21\x12\xa4\x42transaction1",
                      other[64] = "\1\1\0\x0c\x21\x12\xa4\x42transaction2";
    const struct slice asked = {request, sizeof request - 1};
    play_stun(asked, (struct slice){answer, 44}, 5060, NULL);
    play_stun(asked, (struct slice){answer, 45}, 5060, "much longer");
    play_stun(asked, (struct slice){answer, 44}, 5070, "where its request came to");
    play_stun(asked, (struct slice){other, 44}, 5060, "no STUN request came");
}
