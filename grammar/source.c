/* SPDX-License-Identifier: MIT */
#include "grammar/source.h"

#include <errno.h>
#include <string.h>

enum { TAB = 8 };

static const char byte_order_mark[] = "\xEF\xBB\xBF";

static uint32_t count_lines(struct slice raw) {
    uint32_t count = 1;
    for (size_t at = slice_find(raw, 0, '\n'); at < raw.len; at = slice_find(raw, at + 1, '\n'))
        count++;
    return count;
}

int source_open(struct source *source, struct arena *arena, const char *name, struct slice raw, uint32_t order) {
    if (raw.len > SOURCE_SIZE_MAX)
        return -EFBIG;
    uint32_t count = count_lines(raw);
    uint32_t *lines = arena_alloc(arena, count * sizeof *lines);
    if (!lines)
        return -ENOMEM;
    if (slice_starts(raw, slice_of(byte_order_mark)))
        lines[0] = sizeof byte_order_mark - 1;
    uint32_t line = 1;
    for (size_t at = slice_find(raw, 0, '\n'); at < raw.len; at = slice_find(raw, at + 1, '\n'))
        lines[line++] = (uint32_t)at + 1;
    *source = (struct source){
        .name = name, .path = "", .raw = raw, .text = raw, .lines = lines, .line_count = count, .order = order};
    return 0;
}

uint32_t source_raw(const struct source *source, uint32_t offset) {
    uint32_t low = 0, high = source->shift_count;
    while (low < high) { /* the first shift behind `offset` */
        uint32_t middle = low + (high - low) / 2;
        if (source->shifts[middle].text <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? offset : source->shifts[low - 1].raw + (offset - source->shifts[low - 1].text);
}

struct place source_place(const struct source *source, uint32_t raw) {
    uint32_t low = 1, high = source->line_count;
    while (low < high) { /* the first line that starts behind `raw` */
        uint32_t middle = low + (high - low) / 2;
        if (source->lines[middle] <= raw)
            low = middle + 1;
        else
            high = middle;
    }
    struct place place = {low, 1};
    struct slice line = source_line(source, low);
    uint32_t point;
    for (size_t at = 0, end = raw - source->lines[low - 1]; at < line.len && at < end; place.column++) {
        unsigned bytes = utf8_read(line, at, &point);
        at += bytes ? bytes : 1;
    }
    return place;
}

struct slice source_line(const struct source *source, uint32_t line) {
    size_t start = source->lines[line - 1];
    bool ended = line < source->line_count;
    size_t end = ended ? source->lines[line] - 1 : source->raw.len;
    if (ended && end > start && source->raw.at[end - 1] == '\r')
        end--;
    return slice_cut(source->raw, start, end);
}

unsigned utf8_read(struct slice text, size_t at, uint32_t *point) {
    unsigned char first = (unsigned char)text.at[at];
    if (first < 0x80) {
        *point = first;
        return 1;
    }
    unsigned bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.len - at < bytes)
        return 0;
    uint32_t sum = first & (0x7Fu >> bytes);
    for (unsigned i = 1; i < bytes; i++) {
        unsigned char next = (unsigned char)text.at[at + i];
        if ((next & 0xC0) != 0x80)
            return 0;
        sum = sum << 6 | (next & 0x3F);
    }
    static const uint32_t smallest[] = {[2] = 0x80, [3] = 0x800, [4] = 0x10000};
    if (sum < smallest[bytes] || sum > 0x10FFFF || (sum >= 0xD800 && sum <= 0xDFFF))
        return 0;
    *point = sum;
    return bytes;
}

bool utf8_is_control(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

bool utf8_is_text(struct slice text) {
    uint32_t point = 0;
    for (size_t at = 0; at < text.len;) {
        unsigned bytes = utf8_read(text, at, &point);
        if (bytes == 0 || utf8_is_control(point))
            return false;
        at += bytes;
    }
    return true;
}

struct range {
    uint32_t first, last;
};

static bool in_ranges(const struct range *ranges, size_t count, uint32_t point) {
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

/* Unicode's East Asian Wide and Fullwidth, and the emoji blocks (UAX 11). */
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};
/* Combining marks and characters without a shape. */
static const struct range narrow[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x200B, 0x200D}, {0x2060, 0x2064},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF},
};
/* Marks that turn the direction of what follows: a line would not look like what it is. */
static const struct range turning[] = {{0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}};

/* Soft hyphen, blanks of other widths than U+00A0's, marks without width, line and paragraph ends. Not the joiners,
 * which some scripts are written with. */
static const struct range unseen[] = {
    {0x00AD, 0x00AD}, {0x180E, 0x180E}, {0x2000, 0x200B}, {0x200E, 0x200F},
    {0x2028, 0x202F}, {0x205F, 0x2064}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF},
};
#define IN(ranges, point) in_ranges(ranges, sizeof ranges / sizeof *ranges, point)

bool utf8_is_unseen(uint32_t point) {
    return IN(unseen, point);
}

struct glyph source_glyph(struct slice line, size_t at, unsigned column) {
    uint32_t point;
    unsigned bytes = utf8_read(line, at, &point);
    if (bytes == 0)
        return (struct glyph){1, 1, false};
    if (point == '\t')
        return (struct glyph){1, TAB - column % TAB, true};
    if (utf8_is_control(point) || IN(turning, point))
        return (struct glyph){bytes, 1, false};
    return (struct glyph){bytes, IN(wide, point) ? 2 : IN(narrow, point) ? 0 : 1, true};
}
