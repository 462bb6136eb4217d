/* SPDX-License-Identifier: MIT */
#include "runtime/sip/edit.h"

#include <errno.h>
#include <string.h>

void edit_begin(struct edit *edit, const struct sip_message *message) {
    edit->message = message;
    edit->count = 0;
    edit->overflow = false;
}

/* Kept sorted by place, then by order of the calls: edits mostly come from front to back. */
void edit_replace(struct edit *edit, uint32_t at, uint32_t end, struct slice with) {
    unsigned slot = edit->count;
    while (slot && edit->pieces[slot - 1].at > at)
        slot--;
    for (unsigned i = slot; end > at && i && edit->pieces[i - 1].at == at; i--) {
        if (edit->pieces[i - 1].end == end) { /* the same bytes once more: the last word counts */
            edit->pieces[i - 1].with = with;
            return;
        }
    }
    if (edit->count == EDITS_MAX) {
        edit->overflow = true;
        return;
    }
    memmove(&edit->pieces[slot + 1], &edit->pieces[slot], (edit->count - slot) * sizeof *edit->pieces);
    edit->pieces[slot] = (struct edit_piece){at, end, with};
    edit->count++;
}

static uint32_t headers_start(const struct sip_message *message) {
    return message->header_count ? message->headers[0].at : message->body;
}

static uint32_t headers_end(const struct sip_message *message) {
    return message->header_count ? message->headers[message->header_count - 1].end : message->body;
}

void edit_prepend_line(struct edit *edit, struct slice line) {
    uint32_t at = headers_start(edit->message);
    edit_replace(edit, at, at, line);
}

void edit_append_line(struct edit *edit, struct slice line) {
    uint32_t at = headers_end(edit->message);
    edit_replace(edit, at, at, line);
}

/* Lines of a header in the order of the message; -1 to start, -1 at the end. */
static int next_line(const struct edit *edit, enum header header, struct slice name, int from) {
    return header == HEADER_OTHER ? scan_next_named(edit->message, name, from) : scan_next(edit->message, header, from);
}

static void remove_lines(struct edit *edit, enum header header, struct slice name, int from) {
    for (int line = next_line(edit, header, name, from); line >= 0; line = next_line(edit, header, name, line))
        edit_replace(edit, edit->message->headers[line].at, edit->message->headers[line].end, SLICE_EMPTY);
}

void edit_remove_header(struct edit *edit, enum header header, struct slice name) {
    remove_lines(edit, header, name, -1);
}

int edit_set_header(struct edit *edit, struct arena *arena, enum header header, struct slice name, struct slice value) {
    int line = next_line(edit, header, name, -1);
    if (value.len == 0) {
        remove_lines(edit, header, name, -1);
        return 0;
    }
    if (line >= 0) {
        edit_set_value(edit, (unsigned)line, value);
        remove_lines(edit, header, name, line);
        return 0;
    }
    size_t length = name.len + 2 + value.len + 2;
    char *text = arena_bytes(arena, length);
    if (!text)
        return -ENOMEM;
    memcpy(text, name.at, name.len);
    memcpy(text + name.len, ": ", 2);
    memcpy(text + name.len + 2, value.at, value.len);
    memcpy(text + length - 2, "\r\n", 2);
    edit_append_line(edit, (struct slice){text, length});
    return 0;
}

int edit_add_length(struct edit *edit, struct arena *arena) {
    const struct sip_message *message = edit->message;
    if (message->first[HEADER_CONTENT_LENGTH])
        return 0;
    const char *line = arena_printf(arena, "Content-Length: %zu\r\n", message->bytes.len - message->body);
    if (!line)
        return -ENOMEM;
    edit_append_line(edit, slice_of(line));
    return 0;
}

void edit_set_value(struct edit *edit, unsigned header_line, struct slice value) {
    const struct sip_header *header = &edit->message->headers[header_line];
    edit_replace(edit, header->value, header->value + header->value_length, value);
}

static size_t put(char *out, size_t size, const char *bytes, size_t length) {
    if (out && length)
        memcpy(out + size, bytes, length);
    return size + length;
}

/* The edited message to `out`, or only its length when out is NULL. */
static size_t write_pieces(const struct edit *edit, char *out) {
    struct slice bytes = edit->message->bytes;
    size_t size = 0;
    uint32_t from = 0, at = 0; /* what was left out last; the message is done up to `at` */
    for (unsigned i = 0; i < edit->count; i++) {
        const struct edit_piece *piece = &edit->pieces[i];
        bool inside = piece->at > from && piece->at < at;
        if (piece->at > at) {
            size = put(out, size, bytes.at + at, piece->at - at);
            at = piece->at;
        }
        if (!inside)
            size = put(out, size, piece->with.at, piece->with.len);
        if (piece->end > at) {
            from = inside ? from : piece->at;
            at = piece->end;
        }
    }
    return put(out, size, bytes.at + at, bytes.len - at);
}

size_t edit_size(const struct edit *edit) {
    return write_pieces(edit, NULL);
}

long edit_apply(const struct edit *edit, char *out, size_t room) {
    if (edit->overflow || edit_size(edit) > room)
        return -E2BIG;
    return (long)write_pieces(edit, out);
}
