/* SPDX-License-Identifier: MIT */
#include "runtime/net/websocket.h"

#include <criterion/criterion.h>
#include <string.h>

#define HANDSHAKE                                                                                                      \
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"          \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n"

enum { FIN = 0x80, MASKED = 0x80, CONTINUED = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

static struct {
    unsigned messages;
    char message[70000];
    size_t length;
    uint8_t left[200000];
    size_t used;
} seen;
static struct websocket *websocket;
static const char *reply; /* to every message */

static void on_message(void *context, struct slice message) {
    (void)context;
    seen.messages++;
    memcpy(seen.message, message.at, message.len);
    seen.length = message.len;
    if (reply)
        cr_assert(websocket_send(websocket, slice_of(reply)));
}

static void on_leave(void *context, struct slice bytes) {
    (void)context;
    memcpy(seen.left + seen.used, bytes.at, bytes.len);
    seen.used += bytes.len;
}

static void begin(void) {
    static const struct upgrade_policy all = {NULL, 0};
    const struct websocket_events events = {on_message, on_leave, NULL};
    websocket = websocket_accept(&all, &events);
    cr_assert(websocket && !websocket_open(websocket));
}

static void open_it(void) {
    begin();
    cr_assert(websocket_take(websocket, SLICE(HANDSHAKE)));
    cr_assert(websocket_open(websocket) && !websocket_waits(websocket));
    seen.used = 0;
}

/* As a client writes it; how long it is. */
static size_t frame(uint8_t *out, unsigned first, const void *payload, size_t length) {
    static const uint8_t mask[4] = {1, 2, 3, 4};
    size_t used = 0;
    out[used++] = (uint8_t)first;
    if (length < 126) {
        out[used++] = (uint8_t)(MASKED | length);
    } else if (length < 65536) {
        out[used++] = MASKED | 126;
        out[used++] = (uint8_t)(length >> 8);
        out[used++] = (uint8_t)length;
    } else {
        out[used++] = MASKED | 127;
        for (unsigned i = 0; i < 8; i++)
            out[used++] = (uint8_t)(length >> (56 - 8 * i));
    }
    memcpy(out + used, mask, sizeof mask);
    used += sizeof mask;
    for (size_t i = 0; i < length; i++)
        out[used++] = ((const uint8_t *)payload)[i] ^ mask[i % 4];
    return used;
}

static bool take(const uint8_t *bytes, size_t length) {
    return websocket_take(websocket, (struct slice){(const char *)bytes, length});
}

static bool say(unsigned first, const char *text) {
    uint8_t bytes[1000];
    return take(bytes, frame(bytes, first, text, strlen(text)));
}

Test(websocket, text_and_binary_messages_are_both_messages) {
    open_it();
    cr_assert(say(FIN | TEXT, "OPTIONS"));
    cr_assert(seen.messages == 1 && seen.length == 7 && memcmp(seen.message, "OPTIONS", 7) == 0);
    cr_assert(say(FIN | BINARY, "INVITE\xff"));
    cr_assert(seen.messages == 2 && seen.length == 7);
    websocket_free(websocket);
}

Test(websocket, frames_may_come_behind_the_handshake_and_in_any_pieces) {
    uint8_t bytes[2000];
    size_t length = sizeof HANDSHAKE - 1;
    memcpy(bytes, HANDSHAKE, length);
    length += frame(bytes + length, FIN | TEXT, "one", 3);
    length += frame(bytes + length, FIN | TEXT, "two", 3);
    for (size_t step = 1; step <= length; step++) {
        seen.messages = 0;
        begin();
        for (size_t at = 0; at < length; at += step)
            cr_assert(take(bytes + at, step < length - at ? step : length - at));
        cr_assert_eq(seen.messages, 2);
        websocket_free(websocket);
        seen.used = 0;
    }
}

Test(websocket, fragments_are_put_together_and_pings_between_them_answered) {
    open_it();
    cr_assert(say(TEXT, "INV"));
    cr_assert(websocket_waits(websocket));
    cr_assert(say(FIN | PING, "hi"));
    cr_assert(seen.used == 4 && seen.left[0] == (FIN | PONG) && memcmp(seen.left + 2, "hi", 2) == 0);
    cr_assert(websocket_waits(websocket) && seen.messages == 0);
    cr_assert(say(FIN | CONTINUED, "ITE"));
    cr_assert(seen.messages == 1 && memcmp(seen.message, "INVITE", 6) == 0 && !websocket_waits(websocket));
    websocket_free(websocket);
}

/* However few bytes of it have come: of its header, too. */
Test(websocket, a_frame_is_waited_for_from_its_first_byte_to_its_last) {
    static const size_t payloads[] = {0, 1, 125, 126, 65535, 65536};
    static char text[65536];
    static uint8_t bytes[70000];
    open_it();
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        for (size_t pieces = 1; pieces < 20; pieces++) {
            size_t length = frame(bytes, FIN | BINARY, text, payloads[i]), used = 0;
            length += frame(bytes + length, FIN | PONG, "", 0);
            for (size_t piece = 1; piece < pieces && used < length; piece++, used++) {
                cr_assert(take(bytes + used, 1));
                bool ended = used + 1 == length || used + 1 == length - frame((uint8_t[8]){0}, FIN | PONG, "", 0);
                cr_assert_eq(websocket_waits(websocket), !ended, "%zu bytes of a frame with %zu", used + 1,
                             payloads[i]);
            }
            cr_assert(take(bytes + used, length - used) && !websocket_waits(websocket));
        }
    websocket_free(websocket);
}

Test(websocket, a_length_that_could_be_written_shorter_breaks_it) {
    static const uint8_t two[] = {FIN | TEXT, MASKED | 126, 0, 3, 0, 0, 0, 0, 'a', 'b', 'c'};
    static const uint8_t eight[] = {FIN | TEXT, MASKED | 127, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 'a', 'b', 'c'};
    open_it();
    cr_assert(!take(two, sizeof two) && seen.messages == 0);
    websocket_free(websocket);
    open_it();
    cr_assert(!take(eight, sizeof eight) && seen.messages == 0);
    websocket_free(websocket);
}

Test(websocket, messages_leave_as_text_when_they_are_text_and_unmasked) {
    open_it();
    cr_assert(websocket_send(websocket, SLICE("SIP/2.0")));
    cr_assert(seen.used == 9 && seen.left[0] == (FIN | TEXT) && seen.left[1] == 7);
    seen.used = 0;
    cr_assert(websocket_send(websocket, SLICE("\xff")));
    cr_assert(seen.used == 3 && seen.left[0] == (FIN | BINARY));
    websocket_free(websocket);
}

Test(websocket, what_is_answered_to_a_message_leaves_behind_it) {
    open_it();
    reply = "200";
    cr_assert(say(FIN | TEXT, "a"));
    cr_assert(seen.used == 5 && seen.left[1] == 3);
    websocket_free(websocket);
}

Test(websocket, it_asks_for_a_sign_of_life) {
    begin();
    cr_assert(!websocket_ping(websocket) && !websocket_send(websocket, SLICE("a"))); /* not open yet */
    cr_assert(websocket_take(websocket, SLICE(HANDSHAKE)));
    seen.used = 0;
    cr_assert(websocket_ping(websocket));
    cr_assert(seen.used == 2 && seen.left[0] == (FIN | PING));
    cr_assert(say(FIN | PONG, ""));
    cr_assert_eq(seen.messages, 0);
    websocket_free(websocket);
}

/* The code that its last frame, a close, names; 0: none. */
static unsigned closed_with(void) {
    cr_assert(seen.used >= 2 && seen.left[0] == (FIN | CLOSE));
    return seen.used >= 4 ? (unsigned)seen.left[2] << 8 | seen.left[3] : 0;
}

Test(websocket, a_close_is_answered_and_is_the_end) {
    open_it();
    cr_assert(!say(FIN | CLOSE, "\x03\xe8"));
    cr_assert_eq(closed_with(), 1000);
    cr_assert(!websocket_send(websocket, SLICE("a")));
    websocket_free(websocket);
}

Test(websocket, who_breaks_the_protocol_is_told_so) {
    static const struct {
        unsigned code, length;
        uint8_t bytes[8];
    } rows[] = {
        {1002, 3, {FIN | TEXT, 1, 'a'}},                             /* not masked */
        {1002, 7, {FIN | 3, MASKED | 1, 0, 0, 0, 0, 'a'}},           /* no such kind of frame */
        {1002, 7, {FIN | 0x40 | TEXT, MASKED | 1, 0, 0, 0, 0, 'a'}}, /* an extension that nobody agreed on */
        {1002, 7, {FIN | CONTINUED, MASKED | 1, 0, 0, 0, 0, 'a'}},   /* of nothing */
        {0, 7, {PING, MASKED | 1, 0, 0, 0, 0, 'a'}},                 /* a ping in fragments: closed without a word */
        {1007, 7, {FIN | TEXT, MASKED | 1, 0, 0, 0, 0, 0xff}},       /* text that is none */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        open_it();
        cr_assert(!take(rows[i].bytes, rows[i].length), "row %zu", i);
        cr_assert_eq(closed_with(), rows[i].code, "row %zu: %u", i, closed_with());
        cr_assert_eq(seen.messages, 0);
        websocket_free(websocket);
    }
}

Test(websocket, a_message_is_bounded_whole_or_in_fragments) {
    static uint8_t bytes[70000], payload[66000];
    memset(payload, 'a', sizeof payload);
    open_it();
    cr_assert(take(bytes, frame(bytes, FIN | TEXT, payload, 65536)));
    cr_assert(seen.messages == 1 && seen.length == 65536);
    cr_assert(!take(bytes, frame(bytes, FIN | TEXT, payload, 65537)));
    cr_assert_eq(closed_with(), 1009);
    websocket_free(websocket);
    open_it();
    cr_assert(take(bytes, frame(bytes, TEXT, payload, 40000)));
    cr_assert(!take(bytes, frame(bytes, FIN | CONTINUED, payload, 40000)));
    cr_assert_eq(closed_with(), 1009);
    websocket_free(websocket);
}

Test(websocket, so_are_the_fragments_of_one) {
    open_it();
    unsigned count = 1;
    bool open = say(TEXT, "a");
    for (; open && count < 10000; count++)
        open = say(CONTINUED, "a");
    cr_assert(count > 1000 && count < 2000, "%u", count);
    websocket_free(websocket);
}

Test(websocket, who_does_not_shake_hands_is_told_so) {
    begin();
    cr_assert(!websocket_take(websocket, SLICE("INVITE sip:a SIP/2.0\r\n\r\n")));
    cr_assert(seen.used && memcmp(seen.left, "HTTP/1.1 400 ", 13) == 0 && !websocket_open(websocket));
    websocket_free(websocket);
}
