/* SPDX-License-Identifier: MIT */
/* Images by hand, good and hostile ones: records go into sections as they are given, nothing is
 * checked. The hashes are computed here from what grammar/image.h says of them, a second time
 * beside image_seal(). */
#ifndef FOV_TESTS_UNIT_PLAN_SUPPORT_ASSEMBLE_H
#define FOV_TESTS_UNIT_PLAN_SUPPORT_ASSEMBLE_H

#include "grammar/hash.h"
#include "grammar/codes.h"
#include "grammar/protocol.h"
#include "runtime/plan/image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct assembly {
    struct assembly_section {
        uint8_t *bytes;
        uint32_t length, room;
    } sections[IMAGE_SECTIONS];
    uint32_t numbers[2]; /* of the last label in each list */
};

static const uint32_t assembly_records[IMAGE_SECTIONS] = {8, 1, 8, 12, 8, 16, 8, 32, 32, 16, 1};

static inline uint32_t assembly_count(const struct assembly *a, enum image_section_kind kind) {
    return a->sections[kind].length / assembly_records[kind];
}

/* Appends; answers the index of the record, for bytes their offset. */
static inline uint32_t append(struct assembly *a, enum image_section_kind kind, const void *bytes, size_t length) {
    struct assembly_section *section = &a->sections[kind];
    uint32_t index = assembly_count(a, kind);
    if (section->length + length > section->room) {
        section->room = (uint32_t)(2 * (section->length + length));
        section->bytes = realloc(section->bytes, section->room);
        assert(section->bytes);
    }
    if (length)
        memcpy(section->bytes + section->length, bytes, length);
    section->length += (uint32_t)length;
    return index;
}

/* The newest record. */
static inline void *last(struct assembly *a, enum image_section_kind kind) {
    return a->sections[kind].bytes + a->sections[kind].length - assembly_records[kind];
}

static inline uint32_t text(struct assembly *a, const char *bytes) {
    uint32_t length = (uint32_t)strlen(bytes);
    struct image_text row = {append(a, IMAGE_BYTES, bytes, length), length};
    return append(a, IMAGE_TEXTS, &row, sizeof row);
}

static inline uint16_t name(struct assembly *a, const char *bytes, uint16_t flags) {
    struct image_name row = {text(a, bytes), IMAGE_NONE, flags};
    if (!(flags & IMAGE_NAME_ENV))
        row.header = (uint16_t)header_named(slice_of(bytes));
    return (uint16_t)append(a, IMAGE_NAMES, &row, sizeof row);
}

static inline struct image_text layout(struct assembly *a, const char *bytes) {
    uint32_t length = (uint32_t)strlen(bytes);
    return (struct image_text){append(a, IMAGE_LAYOUT, bytes, length), length};
}

/* The plan's own text, when `file` is empty. */
static inline void line_of(struct assembly *a, const char *file, uint32_t number) {
    struct image_line row = {assembly_count(a, IMAGE_CODE), number, layout(a, file)};
    append(a, IMAGE_LINES, &row, sizeof row);
}

static inline void line(struct assembly *a, uint32_t number) {
    line_of(a, "", number);
}

/* Begins a rule without code; op() grows it. */
static inline uint32_t rule(struct assembly *a, uint16_t flags, uint16_t slots, const char *title) {
    struct image_rule row = {assembly_count(a, IMAGE_CODE), 0, slots, flags};
    struct image_label label = {layout(a, title), layout(a, ""), layout(a, ""), 1, 0};
    label.number = ++a->numbers[flags & IMAGE_RULE_PRELIMINARY];
    append(a, IMAGE_LABELS, &label, sizeof label);
    return append(a, IMAGE_RULES, &row, sizeof row);
}

static inline void op(struct assembly *a, enum opcode code, unsigned b, unsigned first, uint32_t c) {
    struct image_instruction row = {(uint8_t)code, (uint8_t)first, (uint16_t)b, c};
    append(a, IMAGE_CODE, &row, sizeof row);
    ((struct image_rule *)last(a, IMAGE_RULES))->count++;
}

static inline uint32_t pattern(struct assembly *a, const char *written, uint16_t groups, uint16_t inserts) {
    struct image_pattern row = {assembly_count(a, IMAGE_RXCODE), 0, text(a, written), groups, inserts};
    return append(a, IMAGE_PATTERNS, &row, sizeof row);
}

static inline void rx(struct assembly *a, enum rxcode code, unsigned b, unsigned first, uint32_t c) {
    struct image_rx row = {(uint8_t)code, (uint8_t)first, (uint16_t)b, c};
    append(a, IMAGE_RXCODE, &row, sizeof row);
    ((struct image_pattern *)last(a, IMAGE_PATTERNS))->count++;
}

/* A set of the bytes from first to last. */
static inline uint16_t set(struct assembly *a, unsigned first, unsigned end) {
    struct image_set row = {{0}};
    for (unsigned c = first; c <= end; c++)
        row.bits[c / 32] |= 1u << c % 32;
    return (uint16_t)append(a, IMAGE_SETS, &row, sizeof row);
}

/* Literal bytes, as many instructions. */
static inline void rx_bytes(struct assembly *a, const char *bytes) {
    for (; *bytes; bytes++)
        rx(a, RX_BYTE, 0, (unsigned char)*bytes, 0);
}

enum { ASSEMBLY_TABLE_END = sizeof(struct image_header) + IMAGE_SECTIONS * sizeof(struct image_section) };

static inline uint64_t hash_of_two(uint64_t first, uint64_t second) {
    uint64_t both[2] = {first, second};
    return hash_open(both, sizeof both);
}

/* Where LABELS begin, by a table that may be any. */
static inline size_t layout_start(const uint8_t *image, size_t length) {
    const struct image_section *table = (const void *)(image + sizeof(struct image_header));
    uint32_t start = table[IMAGE_LABELS].offset;
    return start >= ASSEMBLY_TABLE_END && start <= length ? start : ASSEMBLY_TABLE_END;
}

static inline void seal_checksum(uint8_t *image, size_t length) {
    struct image_header *header = (void *)image;
    size_t start = layout_start(image, length);
    header->checksum = 0;
    header->checksum = hash_of_two(hash_open(image, ASSEMBLY_TABLE_END), hash_open(image + start, length - start));
}

/* Both hashes. */
static inline void seal(uint8_t *image, size_t length) {
    struct image_header *header = (void *)image;
    header->plan_hash =
        hash_of_two(hash_open(image + sizeof *header, IMAGE_LABELS * sizeof(struct image_section)),
                    hash_open(image + ASSEMBLY_TABLE_END, layout_start(image, length) - ASSEMBLY_TABLE_END));
    seal_checksum(image, length);
}

static inline size_t aligned(size_t at) {
    return (at + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN;
}

/* The image; the caller frees it. The assembly's memory is given back. */
static inline uint8_t *assemble(struct assembly *a, size_t *length) {
    *length = ASSEMBLY_TABLE_END;
    for (unsigned kind = 0; kind < IMAGE_SECTIONS; kind++)
        *length = aligned(*length) + a->sections[kind].length;
    uint8_t *image = calloc(1, *length);
    assert(image);
    struct image_header *header = (void *)image;
    struct image_section *table = (void *)(image + sizeof *header);
    memcpy(header->magic, IMAGE_MAGIC, sizeof header->magic);
    header->version = IMAGE_VERSION;
    header->sections = IMAGE_SECTIONS;
    header->length = *length;
    header->table_hash = codes_hash();
    size_t at = ASSEMBLY_TABLE_END;
    for (unsigned kind = 0; kind < IMAGE_SECTIONS; kind++) {
        struct assembly_section *section = &a->sections[kind];
        at = aligned(at);
        table[kind] = (struct image_section){kind, (uint32_t)at, section->length, 0};
        if (section->length)
            memcpy(image + at, section->bytes, section->length);
        at += section->length;
        free(section->bytes);
    }
    *a = (struct assembly){0};
    seal(image, *length);
    return image;
}

#endif
