/* SPDX-License-Identifier: MIT */
#include "grammar/lines.h"

#include <errno.h>

struct joiner {
    struct source *source;
    struct diag_list *diags;
    char *text; /* never longer than raw, but for a last LF */
    size_t length;
    struct source_shift *shifts;
    uint32_t shift_count;
    size_t joined; /* length of the joined line so far; 0: the line stands alone */
};

unsigned blank_at(struct slice text, size_t at) {
    if (at >= text.len)
        return 0;
    if (text.at[at] == ' ' || text.at[at] == '\t')
        return 1;
    return slice_starts(slice_from(text, at), SLICE("\xC2\xA0")) ? 2 : 0;
}

static unsigned blank_before(struct slice text, size_t end) {
    if (end && blank_at(slice_cut(text, 0, end), end - 1))
        return 1;
    return end > 1 && blank_at(slice_cut(text, 0, end), end - 2) == 2 ? 2 : 0;
}

struct slice blank_trim(struct slice text) {
    for (unsigned bytes; (bytes = blank_at(text, 0)) != 0;)
        text = slice_from(text, bytes);
    for (unsigned bytes; (bytes = blank_before(text, text.len)) != 0;)
        text.len -= bytes;
    return text;
}

static bool is_comment(struct slice line) {
    line = blank_trim(line);
    return line.len && line.at[0] == '#';
}

/* Ends the line in a blank and a single backslash? */
static bool goes_on(struct slice line) {
    return line.len > 1 && line.at[line.len - 1] == '\\' && blank_before(line, line.len - 1) != 0;
}

static struct span raw_span(struct joiner *joiner, size_t text, size_t length) {
    return (struct span){joiner->source, (uint32_t)text, (uint32_t)(text + length)};
}

/* What is read now at raw offset `raw` stands at the end of the text. */
static void shift(struct joiner *joiner, size_t raw) {
    uint32_t count = joiner->shift_count;
    size_t expected =
        count ? joiner->shifts[count - 1].raw + (joiner->length - joiner->shifts[count - 1].text) : joiner->length;
    if (expected != raw)
        joiner->shifts[joiner->shift_count++] = (struct source_shift){(uint32_t)joiner->length, (uint32_t)raw};
}

/* Copies a line. The first byte that may not stand there is reported; what replaces it causes no
 * second error. */
static void copy(struct joiner *joiner, struct slice line) {
    bool said = false, seen = is_comment(line);
    for (size_t at = 0; at < line.len;) {
        uint32_t point = 0;
        unsigned bytes = utf8_read(line, at, &point);
        bool control = bytes && utf8_is_control(point) && point != '\t';
        if (bytes && !control) {
            if (bytes > 1 && !seen && utf8_is_unseen(point)) {
                diag_report(joiner->diags, DIAG_TEXT_UNSEEN, raw_span(joiner, joiner->length, bytes),
                            "U+%04X cannot be seen, and is part of the text", (unsigned)point);
                seen = true;
            }
            for (unsigned i = 0; i < bytes; i++)
                joiner->text[joiner->length++] = line.at[at++];
            continue;
        }
        if (!said) {
            struct span span = raw_span(joiner, joiner->length, bytes ? bytes : 1);
            if (!bytes)
                diag_report(joiner->diags, DIAG_TEXT_BYTE, span, "byte 0x%02X is not UTF-8",
                            (unsigned char)line.at[at]);
            else if (point == '\r')
                diag_report(joiner->diags, DIAG_TEXT_BYTE, span, "a CR that no LF follows");
            else
                diag_report(joiner->diags, DIAG_TEXT_BYTE, span, "control character 0x%02X", (unsigned)point);
        }
        said = true;
        for (unsigned i = 0; i < (bytes ? bytes : 1); i++, at++)
            joiner->text[joiner->length++] = bytes && point < ' ' ? ' ' : '_';
    }
}

static bool is_too_long(struct joiner *joiner, struct slice line) {
    if (line.len + joiner->joined <= LINE_LENGTH_MAX)
        return false;
    diag_report(joiner->diags, DIAG_TEXT_LENGTH, raw_span(joiner, joiner->length, 1), "a line longer than %d KiB",
                LINE_LENGTH_MAX / 1024);
    return true;
}

/* One line as it was read, from raw offset `start`. */
static void join(struct joiner *joiner, size_t start, struct slice line) {
    if (joiner->joined)
        for (unsigned bytes; (bytes = blank_at(line, 0)) != 0; start += bytes)
            line = slice_from(line, bytes);
    shift(joiner, start);
    if (is_too_long(joiner, line)) {
        line = SLICE_EMPTY;
        shift(joiner, start);
    }
    bool more = goes_on(line) && (joiner->joined || !is_comment(line));
    if (more) {
        copy(joiner, slice_cut(line, 0, line.len - 1));
        diag_report(joiner->diags, DIAG_EXTENSION, raw_span(joiner, joiner->length, 1), "a line that goes on");
        joiner->text[joiner->length++] = ' ';
        joiner->joined += line.len;
        return;
    }
    copy(joiner, line);
    joiner->text[joiner->length++] = '\n';
    joiner->joined = 0;
}

int lines_read(struct source *source, struct arena *arena, struct diag_list *diags) {
    struct joiner joiner = {.source = source, .diags = diags};
    joiner.text = arena_bytes(arena, source->raw.len + 2);
    joiner.shifts = arena_alloc(arena, ((size_t)source->line_count + 1) * sizeof *joiner.shifts);
    if (!joiner.text || !joiner.shifts)
        return -ENOMEM;
    for (uint32_t line = 1; line <= source->line_count; line++)
        join(&joiner, source->lines[line - 1], source_line(source, line));
    if (joiner.joined)
        joiner.text[joiner.length - 1] = '\n';
    source->text = (struct slice){joiner.text, joiner.length};
    source->shifts = joiner.shifts;
    source->shift_count = joiner.shift_count;
    return 0;
}
