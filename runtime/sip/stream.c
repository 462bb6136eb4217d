/* SPDX-License-Identifier: MIT */
#include "runtime/sip/stream.h"

#include "runtime/sip/scan.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_LEAST = 1024 };

static const struct stream_fault length_missing = {400, "Missing Content-Length"};
static const struct stream_fault length_malformed = {400, "Malformed Content-Length"};
static const struct stream_fault too_large = {513, "Message Too Large"}; /* 21.5.7 */

void stream_free(struct stream *stream) {
    free(stream->at);
    *stream = (struct stream){0};
}

bool stream_waits(const struct stream *stream) {
    return stream->used && !stream->given;
}

/* Moves the first `count` bytes of the input behind those that are there. */
static bool keep(struct stream *stream, struct slice *input, size_t count) {
    uint32_t room = stream->room ? stream->room : ROOM_LEAST;
    while (room < stream->used + count)
        room *= 2;
    if (room > stream->room) {
        char *grown = realloc(stream->at, room);
        if (!grown)
            return false;
        stream->at = grown;
        stream->room = room;
    }
    memcpy(stream->at + stream->used, input->at, count);
    stream->used += (uint32_t)count;
    *input = slice_from(*input, count);
    return true;
}

/* Line ends between messages; true: a ping is complete. */
static bool skip_line_ends(struct stream *stream, struct slice *input) {
    static const char ping[] = "\r\n\r\n";
    while (input->len && (input->at[0] == '\r' || input->at[0] == '\n')) {
        char byte = input->at[0];
        *input = slice_from(*input, 1);
        if (byte != ping[stream->line_ends])
            stream->line_ends = 0;
        stream->line_ends += byte == ping[stream->line_ends];
        if (stream->line_ends == sizeof ping - 1) {
            stream->line_ends = 0;
            return true;
        }
    }
    if (input->len)
        stream->line_ends = 0;
    return false;
}

/* Bytes of the input up to the end of the empty line behind the header, which is LF or CRLF at the beginning of a line,
 * as for the scanner; input.len + 1: it has not come yet. */
static size_t find_header_end(struct stream *stream, struct slice input) {
    enum { WITHIN, BEGINNING, BEGINNING_CR };
    for (size_t i = 0; i < input.len; i++) {
        if (stream->line_ends == WITHIN) {
            i = slice_find(input, i, '\n');
            stream->line_ends = i < input.len ? BEGINNING : WITHIN;
        } else if (input.at[i] == '\n') {
            stream->line_ends = WITHIN;
            return i + 1;
        } else {
            stream->line_ends = stream->line_ends == BEGINNING && input.at[i] == '\r' ? BEGINNING_CR : WITHIN;
        }
    }
    return input.len + 1;
}

/* The next header line of `lines` with those that it is folded over. */
static bool next_line(struct slice *lines, struct slice *line) {
    size_t end = 0;
    do
        end = slice_find(*lines, end, '\n') + 1;
    while (end < lines->len && (lines->at[end] == ' ' || lines->at[end] == '\t'));
    *line = slice_cut(*lines, 0, end);
    *lines = slice_from(*lines, end);
    return line->len != 0;
}

static bool is_digits(struct slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_digit((unsigned char)text.at[i]))
            return false;
    return text.len > 0;
}

/* 18.3: what ends a message on a stream; two of them could be read as either. NULL: `room` is enough for the body, of
 * *length. */
static const struct stream_fault *find_length(struct slice header, size_t room, uint64_t *length) {
    struct slice line, value = SLICE_NULL;
    header = slice_from(header, slice_find(header, 0, '\n') + 1);
    while (next_line(&header, &line)) {
        size_t colon = slice_find(line, 0, ':');
        if (header_named(slice_trim(slice_cut(line, 0, colon))) != HEADER_CONTENT_LENGTH)
            continue;
        if (value.at)
            return &length_malformed;
        value = slice_trim(slice_from(line, colon + 1));
    }
    if (!value.at)
        return &length_missing;
    if (!is_digits(value))
        return &length_malformed;
    return slice_number(value, room, length) ? NULL : &too_large;
}

static enum stream_verdict broken(struct stream *stream, struct slice *input, struct stream_fault *told,
                                  const struct stream_fault *fault) {
    stream->given = true;
    input->len = 0;
    *told = *fault;
    return STREAM_BROKEN;
}

static struct slice kept(const struct stream *stream) {
    return (struct slice){stream->at, stream->used};
}

/* Up to the end of the header, and with it the length of the message. MESSAGE: it is known. */
static enum stream_verdict read_header(struct stream *stream, struct slice *input, struct slice *message,
                                       struct stream_fault *told) {
    size_t end = find_header_end(stream, *input), room = SIP_MESSAGE_MAX - stream->used;
    bool complete = end <= input->len, large = (complete ? end : input->len) > room;
    uint64_t body = 0;
    struct slice header = slice_cut(*input, 0, complete ? end : input->len);
    if (large)
        header.len = room;
    if ((stream->used || !complete) && !large) {
        if (!keep(stream, input, header.len))
            return STREAM_NO_MEMORY;
        if (!complete)
            return STREAM_MORE;
        header = kept(stream);
    }
    *message = large && stream->used ? kept(stream) : header;
    const struct stream_fault *fault = large ? &too_large : find_length(header, SIP_MESSAGE_MAX - header.len, &body);
    if (fault)
        return broken(stream, input, told, fault);
    stream->length = (uint32_t)(header.len + body);
    return STREAM_MESSAGE;
}

enum stream_verdict stream_next(struct stream *stream, struct slice *input, struct slice *message,
                                struct stream_fault *fault) {
    if (stream->given)
        stream_free(stream);
    if (!stream->used && skip_line_ends(stream, input))
        return STREAM_PING;
    if (!input->len)
        return STREAM_MORE;
    if (!stream->length) {
        enum stream_verdict verdict = read_header(stream, input, message, fault);
        if (verdict != STREAM_MESSAGE)
            return verdict;
    }
    if (!stream->used && input->len >= stream->length) { /* in one piece: nothing is copied */
        *message = slice_cut(*input, 0, stream->length);
        *input = slice_from(*input, stream->length);
        stream->length = 0;
        return STREAM_MESSAGE;
    }
    size_t missing = stream->length - stream->used;
    if (!keep(stream, input, missing < input->len ? missing : input->len))
        return STREAM_NO_MEMORY;
    if (stream->used < stream->length)
        return STREAM_MORE;
    stream->given = true;
    *message = kept(stream);
    return STREAM_MESSAGE;
}
