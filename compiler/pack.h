/* SPDX-License-Identifier: MIT */
/* The sections of an image while they grow (grammar/image.h): equal texts, names, patterns and sets
 * become one. It knows the layout and nothing of plans. */
#ifndef FOV_COMPILER_PACK_H
#define FOV_COMPILER_PACK_H

#include "compiler/memory.h"
#include "grammar/image.h"
#include "grammar/protocol.h"
#include "runtime/regex/program.h"

struct pack_bytes {
    char *at;
    size_t length, room;
};

/* Indices by hash, open addressing; 0 is free, n + 1 stands for n. */
struct pack_table {
    uint32_t *slots;
    uint64_t *hashes;
    uint32_t count, room;
};

struct pack {
    struct memory *memory;
    struct pack_bytes sections[IMAGE_SECTIONS];
    struct pack_table texts, names, patterns, sets, layout;
    struct image_text *layout_texts; /* what the layout table speaks of */
    bool full;                       /* more names or sets than an operand can count */
};

void pack_init(struct pack *pack, struct memory *memory);

/* Each answers an index. */
uint32_t pack_text(struct pack *pack, struct slice text);
/* Of a header that headers.def knows, its own name counts; flags are added to what was said before.
 */
uint32_t pack_name(struct pack *pack, enum header header, struct slice name, unsigned flags);
uint32_t pack_pattern(struct pack *pack, const struct rx_program *program, struct slice text);
struct image_text pack_layout(struct pack *pack, struct slice text);

/* Appends a record to a section. */
void pack_record(struct pack *pack, enum image_section_kind kind, const void *record, size_t size);
/* How many records of `size` bytes the section has. */
uint32_t pack_count(const struct pack *pack, enum image_section_kind kind, size_t size);
/* The record of that index, to be changed. */
void *pack_at(struct pack *pack, enum image_section_kind kind, uint32_t index, size_t size);

/* The whole image, sealed, from malloc. 0, -E2BIG or -ENOMEM. */
int pack_finish(struct pack *pack, uint8_t **image, size_t *length);

#endif
