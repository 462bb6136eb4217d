/* SPDX-License-Identifier: MIT */
/* A text that people wrote, with its name: where a byte of it stands, and how wide it looks. It
 * knows lines and characters, nothing of what the text means. */
#ifndef FOV_GRAMMAR_SOURCE_H
#define FOV_GRAMMAR_SOURCE_H

#include "grammar/arena.h"

/* From `text` on, a byte of source.text at offset o was read at raw + (o - text). */
struct source_shift {
    uint32_t text, raw;
};

struct source {
    const char *name;                  /* in messages; belongs to the caller */
    const char *path;                  /* from where the first source is: "" for that one; belongs to the caller */
    struct slice raw;                  /* the bytes as they were read; belong to the caller */
    struct slice text;                 /* what is parsed: raw, or what lines_read() made of it */
    const struct source_shift *shifts; /* by rising offset; none: text is raw */
    uint32_t shift_count;
    const uint32_t *lines; /* where the lines start in raw */
    uint32_t line_count;
    uint32_t order; /* messages about a source of lower order come first; of the same order: the
                       same text again */
};

/* A run of bytes of source->text. */
struct span {
    const struct source *source; /* NULL: nowhere */
    uint32_t start, end;
};

#define SPAN_NONE ((struct span){NULL, 0, 0})

/* Line and column from 1; a column is a character. */
struct place {
    uint32_t line, column;
};

enum { SOURCE_SIZE_MAX = 256 * 1024 * 1024 };

/* A source of path "". 0, -EFBIG (over SOURCE_SIZE_MAX), -ENOMEM. Name and bytes must outlive it.
 */
int source_open(struct source *source, struct arena *arena, const char *name, struct slice raw, uint32_t order);
/* Offset in `raw` of the byte at `offset` of `text`. */
uint32_t source_raw(const struct source *source, uint32_t offset);
/* Place of an offset in `raw`. */
struct place source_place(const struct source *source, uint32_t raw);
/* A line, from 1, without its line end. */
struct slice source_line(const struct source *source, uint32_t line);

/* The character at `at`: its length in bytes, or 0 when the bytes there are not UTF-8 (RFC 3629).
 */
unsigned utf8_read(struct slice text, size_t at, uint32_t *point);
bool utf8_is_control(uint32_t point); /* C0, DEL, C1 */
bool utf8_is_text(struct slice text); /* valid, and without control characters */
/* Cannot be seen, looks like a blank and is none here, or turns the direction of the text. */
bool utf8_is_unseen(uint32_t point);

/* One character as a terminal shows it. */
struct glyph {
    unsigned bytes; /* in the text */
    unsigned width; /* columns; a tab reaches to the next multiple of 8 */
    bool shown;     /* false: a byte that must not reach a terminal */
};
/* The character at `at` of a line, `column` columns (from 0) into it. */
struct glyph source_glyph(struct slice line, size_t at, unsigned column);

#endif
