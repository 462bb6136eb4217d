/* SPDX-License-Identifier: MIT */
#include "runtime/sip/stream.h"

#include "runtime/sip/scan.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FRONT "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKx\r\n"

/* What comes out of `text`, fed in pieces of `piece` bytes: each message in [], a ping as "ping", what is broken as its
 * reason. */
static const char *framed(const char *text, size_t length, size_t piece) {
    static char out[1 << 18];
    struct stream stream = {0};
    struct slice message;
    struct stream_fault fault;
    size_t used = 0;
    bool over = false;
    out[0] = '\0';
    for (size_t at = 0; at < length && !over; at += piece) {
        char *copy = malloc(piece); /* so that nothing is read from what came before */
        struct slice input = {copy, length - at < piece ? length - at : piece};
        memcpy(copy, text + at, input.len);
        enum stream_verdict verdict;
        while (!over && (verdict = stream_next(&stream, &input, &message, &fault)) != STREAM_MORE) {
            over = verdict == STREAM_BROKEN || verdict == STREAM_NO_MEMORY;
            if (verdict == STREAM_PING)
                used += (size_t)snprintf(out + used, sizeof out - used, "ping ");
            else if (verdict == STREAM_NO_MEMORY)
                used += (size_t)snprintf(out + used, sizeof out - used, "no memory ");
            else
                used += (size_t)snprintf(out + used, sizeof out - used, "[%.*s]%s ", SLICE_ARG(message),
                                         verdict == STREAM_BROKEN ? fault.reason : "");
        }
        free(copy);
    }
    if (!over && stream_waits(&stream))
        snprintf(out + used, sizeof out - used, "...");
    stream_free(&stream);
    return out;
}

#define FRAMES(text, expected)                                                                                         \
    do {                                                                                                               \
        static const size_t pieces[] = {1, 2, 3, 7, 64, 100000};                                                       \
        for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)                                                    \
            cr_assert_str_eq(framed(text, sizeof(text) - 1, pieces[i]), expected, "%zu: %s", pieces[i],                \
                             framed(text, sizeof(text) - 1, pieces[i]));                                               \
    } while (0)

Test(stream, a_message_ends_where_its_content_length_says) {
    FRAMES(FRONT "Content-Length: 4\r\n\r\nabcd", "[" FRONT "Content-Length: 4\r\n\r\nabcd] ");
    FRAMES(FRONT "l:0\r\n\r\n", "[" FRONT "l:0\r\n\r\n] ");
    FRAMES(FRONT "CONTENT-LENGTH \t:\r\n  2\r\n\r\nab", "[" FRONT "CONTENT-LENGTH \t:\r\n  2\r\n\r\nab] ");
}

Test(stream, messages_may_stand_one_behind_the_other) {
    FRAMES(FRONT "l: 2\r\n\r\nab" FRONT "l: 0\r\n\r\n" FRONT "l: 1\r\n\r\n\n" FRONT,
           "[" FRONT "l: 2\r\n\r\nab] [" FRONT "l: 0\r\n\r\n] [" FRONT "l: 1\r\n\r\n\n] ...");
}

/* A body may look like anything. */
Test(stream, what_stands_in_a_body_is_no_message) {
    FRAMES(FRONT "l: 12\r\n\r\nl: 9\r\n\r\n\r\n\r\n", "[" FRONT "l: 12\r\n\r\nl: 9\r\n\r\n\r\n\r\n] ");
}

Test(stream, line_ends_between_messages_are_nothing_or_a_ping) {
    FRAMES("\r\n" FRONT "l: 0\r\n\r\n\r\n\r\n" FRONT "l: 0\r\n\r\n\r\n",
           "[" FRONT "l: 0\r\n\r\n] ping [" FRONT "l: 0\r\n\r\n] ");
    FRAMES("\r\n\r\n\r\n\r\n\r\n", "ping ping ");
    FRAMES("\n\n\n\r\r\n\r\n", "ping ");
}

Test(stream, a_bare_line_feed_ends_a_line_as_for_the_scanner) {
    FRAMES("OPTIONS sip:a SIP/2.0\nl: 2\n\nab", "[OPTIONS sip:a SIP/2.0\nl: 2\n\nab] ");
    FRAMES("OPTIONS sip:a SIP/2.0\nl: 2\r\n\nab", "[OPTIONS sip:a SIP/2.0\nl: 2\r\n\nab] ");
    /* a CR alone ends nothing */
    FRAMES("OPTIONS sip:a SIP/2.0\r\nl: 2\r\n\r\r\nx: y\r\n\r\nab",
           "[OPTIONS sip:a SIP/2.0\r\nl: 2\r\n\r\r\nx: y\r\n\r\nab] ");
}

Test(stream, without_a_length_or_with_two_of_them_it_is_broken) {
    FRAMES(FRONT "\r\nabcd", "[" FRONT "\r\n]Missing Content-Length ");
    FRAMES(FRONT "l: 4\r\nContent-Length: 4\r\n\r\nabcd",
           "[" FRONT "l: 4\r\nContent-Length: 4\r\n\r\n]Malformed Content-Length ");
    FRAMES(FRONT "l: -1\r\n\r\n", "[" FRONT "l: -1\r\n\r\n]Malformed Content-Length ");
    FRAMES(FRONT "l: 1 2\r\n\r\n", "[" FRONT "l: 1 2\r\n\r\n]Malformed Content-Length ");
    FRAMES(FRONT "l:\r\n\r\n", "[" FRONT "l:\r\n\r\n]Malformed Content-Length ");
    FRAMES(FRONT "l: 99999999999999999999\r\n\r\n", "[" FRONT "l: 99999999999999999999\r\n\r\n]Message Too Large ");
    FRAMES(FRONT "l: 65536\r\n\r\n", "[" FRONT "l: 65536\r\n\r\n]Message Too Large ");
}

Test(stream, a_message_as_large_as_may_be_is_whole_and_one_byte_more_is_broken) {
    static char text[2 * SIP_MESSAGE_MAX];
    for (unsigned more = 0; more < 2; more++) {
        int front = snprintf(text, sizeof text, FRONT "l: %05zu\r\n\r\n",
                             SIP_MESSAGE_MAX + more - strlen(FRONT "l: 00000\r\n\r\n"));
        memset(text + front, 'x', SIP_MESSAGE_MAX);
        for (size_t piece = 1000; piece < 200000; piece += 60000) {
            const char *out = framed(text, SIP_MESSAGE_MAX + more, piece);
            cr_assert_eq(strlen(out), more ? (size_t)front + strlen("[]Message Too Large ") : SIP_MESSAGE_MAX + 3);
        }
    }
}

Test(stream, a_header_that_does_not_end_is_broken_at_the_largest_size) {
    static char text[2 * SIP_MESSAGE_MAX];
    memset(text, 'x', sizeof text);
    cr_assert_eq(strlen(framed(text, SIP_MESSAGE_MAX, 1)), SIP_MESSAGE_MAX - SIP_MESSAGE_MAX + strlen("..."));
    for (size_t piece = 1; piece < 300000; piece = piece * 50 + 1)
        cr_assert_str_eq(framed(text, sizeof text, piece) + strlen(framed(text, sizeof text, piece)) - 18,
                         "Message Too Large ");
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Looking at everything again with each byte would be two thousand million looks for one message. */
Test(stream, one_byte_at_a_time_costs_no_more_than_its_byte) {
    static char text[SIP_MESSAGE_MAX];
    struct stream stream = {0};
    struct slice message;
    struct stream_fault fault;
    memset(text, '\n', sizeof text);
    memcpy(text, FRONT, sizeof FRONT - 1);
    for (size_t i = sizeof FRONT - 1; i + 3 < sizeof text; i += 3)
        memcpy(text + i, "a:\n", 3);
    double start = seconds();
    for (unsigned round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof text - 8; i++) {
            struct slice input = {text + i, 1};
            cr_assert_eq(stream_next(&stream, &input, &message, &fault), STREAM_MORE);
        }
        stream_free(&stream);
    }
    cr_assert_lt(seconds() - start, 1.0);
}

Test(stream, nothing_is_kept_between_two_messages) {
    struct stream stream = {0};
    struct slice message, input = SLICE(FRONT);
    struct stream_fault fault;
    cr_assert_eq(stream_next(&stream, &input, &message, &fault), STREAM_MORE);
    cr_assert(stream_waits(&stream));
    input = SLICE("l: 0\r\n\r\n");
    cr_assert_eq(stream_next(&stream, &input, &message, &fault), STREAM_MESSAGE);
    cr_assert(!stream_waits(&stream));
    cr_assert_eq(stream_next(&stream, &input, &message, &fault), STREAM_MORE);
    cr_assert_null(stream.at);
}

Test(stream, memory_may_be_out) {
    allocations_left = 0;
    struct stream stream = {0};
    struct slice message, input = SLICE(FRONT);
    struct stream_fault fault;
    cr_assert_eq(stream_next(&stream, &input, &message, &fault), STREAM_NO_MEMORY);
    input = SLICE(FRONT "l: 0\r\n\r\n"); /* a whole one needs none */
    stream_free(&stream);
    cr_assert_eq(stream_next(&stream, &input, &message, &fault), STREAM_MESSAGE);
    input = SLICE(FRONT "l: 1\r\n\r\n");
    cr_assert_eq(stream_next(&stream, &input, &message, &fault), STREAM_NO_MEMORY);
    stream_free(&stream);
    allocations_left = LONG_MAX;
}
