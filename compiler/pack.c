/* SPDX-License-Identifier: MIT */
#include "compiler/pack.h"

#include "grammar/codes.h"
#include "grammar/hash.h"
#include "runtime/plan/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void pack_init(struct pack *pack, struct memory *memory) {
    *pack = (struct pack){.memory = memory};
}

/* No section grows beyond what an image can be: offsets stay in their 32 bits. */
static void append(struct pack *pack, struct pack_bytes *bytes, const void *from, size_t length) {
    if (length > IMAGE_LENGTH_MAX - bytes->length)
        memory_out(pack->memory);
    if (length > bytes->room - bytes->length) {
        size_t room = bytes->room ? bytes->room : 256;
        while (length > room - bytes->length)
            room *= 2;
        char *grown = memory_new(pack->memory, room);
        if (bytes->length)
            memcpy(grown, bytes->at, bytes->length);
        bytes->at = grown;
        bytes->room = room;
    }
    if (length)
        memcpy(bytes->at + bytes->length, from, length);
    bytes->length += length;
}

void pack_record(struct pack *pack, enum image_section_kind kind, const void *record, size_t size) {
    append(pack, &pack->sections[kind], record, size);
}

uint32_t pack_count(const struct pack *pack, enum image_section_kind kind, size_t size) {
    return (uint32_t)(pack->sections[kind].length / size);
}

void *pack_at(struct pack *pack, enum image_section_kind kind, uint32_t index, size_t size) {
    return pack->sections[kind].at + index * size;
}

static void table_grow(struct pack *pack, struct pack_table *table) {
    struct pack_table before = *table;
    table->room = before.room ? 2 * before.room : 64;
    table->slots = memory_new(pack->memory, table->room * sizeof *table->slots);
    table->hashes = memory_new(pack->memory, table->room * sizeof *table->hashes);
    for (uint32_t i = 0; i < before.room; i++) {
        if (!before.slots[i])
            continue;
        uint32_t at = (uint32_t)before.hashes[i] & (table->room - 1);
        while (table->slots[at])
            at = (at + 1) & (table->room - 1);
        table->slots[at] = before.slots[i];
        table->hashes[at] = before.hashes[i];
    }
}

typedef bool equals(const struct pack *pack, uint32_t index, const void *key);

/* The index of what equals `key`; or, added, `next`. */
static uint32_t table_index(struct pack *pack, struct pack_table *table, uint64_t hash, equals *equal, const void *key,
                            uint32_t next) {
    if (2 * table->count >= table->room)
        table_grow(pack, table);
    uint32_t at = (uint32_t)hash & (table->room - 1);
    while (table->slots[at]) {
        if (table->hashes[at] == hash && equal(pack, table->slots[at] - 1, key))
            return table->slots[at] - 1;
        at = (at + 1) & (table->room - 1);
    }
    table->slots[at] = next + 1;
    table->hashes[at] = hash;
    table->count++;
    return next;
}

static struct slice text_at(const struct pack *pack, uint32_t index) {
    const struct image_text *text = (const struct image_text *)pack->sections[IMAGE_TEXTS].at + index;
    return (struct slice){pack->sections[IMAGE_BYTES].at + text->offset, text->length};
}

static bool text_equals(const struct pack *pack, uint32_t index, const void *key) {
    return slice_equal(text_at(pack, index), *(const struct slice *)key);
}

uint32_t pack_text(struct pack *pack, struct slice text) {
    uint32_t next = pack_count(pack, IMAGE_TEXTS, sizeof(struct image_text));
    uint32_t index = table_index(pack, &pack->texts, hash_open(text.at, text.len), text_equals, &text, next);
    if (index == next) {
        struct image_text record = {(uint32_t)pack->sections[IMAGE_BYTES].length, (uint32_t)text.len};
        append(pack, &pack->sections[IMAGE_BYTES], text.at, text.len);
        pack_record(pack, IMAGE_TEXTS, &record, sizeof record);
    }
    return index;
}

struct name_key {
    enum header header;
    struct slice name;
    bool environment;
};

static bool name_equals(const struct pack *pack, uint32_t index, const void *key) {
    const struct name_key *wanted = key;
    const struct image_name *name = (const struct image_name *)pack->sections[IMAGE_NAMES].at + index;
    return name->header == wanted->header && !(name->flags & IMAGE_NAME_ENV) == !wanted->environment &&
           slice_same(text_at(pack, name->text), wanted->name);
}

uint32_t pack_name(struct pack *pack, enum header header, struct slice name, unsigned flags) {
    bool environment = flags & IMAGE_NAME_ENV;
    if (environment)
        header = HEADER_OTHER;
    if (header != HEADER_OTHER)
        name = slice_of(headers[header].name);
    struct name_key key = {header, name, environment};
    uint64_t hash = environment;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)byte_lower((unsigned char)name.at[i])) * 0x100000001b3;
    uint32_t next = pack_count(pack, IMAGE_NAMES, sizeof(struct image_name));
    uint32_t index = table_index(pack, &pack->names, hash, name_equals, &key, next);
    if (index == next) {
        struct image_name record = {pack_text(pack, name), (uint16_t)header, 0};
        pack_record(pack, IMAGE_NAMES, &record, sizeof record);
        pack->full |= next >= IMAGE_NAMES_MAX;
    }
    struct image_name *record = pack_at(pack, IMAGE_NAMES, index, sizeof *record);
    record->flags |= (uint16_t)flags;
    return index;
}

static bool set_equals(const struct pack *pack, uint32_t index, const void *key) {
    const struct image_set *sets = (const struct image_set *)pack->sections[IMAGE_SETS].at;
    return memcmp(&sets[index], key, sizeof *sets) == 0;
}

static uint32_t pack_set(struct pack *pack, const struct image_set *set) {
    uint32_t next = pack_count(pack, IMAGE_SETS, sizeof *set);
    uint32_t index = table_index(pack, &pack->sets, hash_open(set, sizeof *set), set_equals, set, next);
    if (index == next)
        pack_record(pack, IMAGE_SETS, set, sizeof *set);
    pack->full |= index > UINT16_MAX;
    return index;
}

struct pattern_key {
    const struct image_rx *code;
    uint32_t count, text;
};

static bool pattern_equals(const struct pack *pack, uint32_t index, const void *key) {
    const struct pattern_key *wanted = key;
    const struct image_pattern *pattern = (const struct image_pattern *)pack->sections[IMAGE_PATTERNS].at + index;
    const struct image_rx *code = (const struct image_rx *)pack->sections[IMAGE_RXCODE].at + pattern->start;
    return pattern->count == wanted->count && pattern->text == wanted->text &&
           memcmp(code, wanted->code, wanted->count * sizeof *code) == 0;
}

/* The program's code with the image's sets. */
static struct image_rx *with_sets(struct pack *pack, const struct rx_program *program, uint16_t *inserts) {
    struct image_rx *code = memory_new(pack->memory, program->count * sizeof *code);
    *inserts = 0;
    for (uint32_t i = 0; i < program->count; i++) {
        code[i] = program->code[i];
        if (rxcodes[code[i].op].b == OPERAND_SET)
            code[i].b = (uint16_t)pack_set(pack, &program->sets[code[i].b]);
        else if (rxcodes[code[i].op].b == OPERAND_SLOT && code[i].b >= *inserts)
            *inserts = (uint16_t)(code[i].b + 1);
    }
    return code;
}

uint32_t pack_pattern(struct pack *pack, const struct rx_program *program, struct slice text) {
    uint16_t inserts;
    struct image_rx *code = with_sets(pack, program, &inserts);
    struct pattern_key key = {code, program->count, pack_text(pack, text)};
    uint64_t hash = hash_open(code, program->count * sizeof *code) ^ key.text;
    uint32_t next = pack_count(pack, IMAGE_PATTERNS, sizeof(struct image_pattern));
    uint32_t index = table_index(pack, &pack->patterns, hash, pattern_equals, &key, next);
    if (index == next) {
        struct image_pattern record = {.start = pack_count(pack, IMAGE_RXCODE, sizeof *code),
                                       .count = program->count,
                                       .text = key.text,
                                       .groups = program->groups,
                                       .inserts = inserts};
        pack_record(pack, IMAGE_PATTERNS, &record, sizeof record);
        append(pack, &pack->sections[IMAGE_RXCODE], code, program->count * sizeof *code);
    }
    return index;
}

static bool layout_equals(const struct pack *pack, uint32_t index, const void *key) {
    const struct image_text *text = &pack->layout_texts[index];
    return slice_equal((struct slice){pack->sections[IMAGE_LAYOUT].at + text->offset, text->length},
                       *(const struct slice *)key);
}

struct image_text pack_layout(struct pack *pack, struct slice text) {
    if (text.len == 0)
        return (struct image_text){0, 0};
    /* Names of files can hold anything; what is shown to people may not. */
    char *plain = memory_new(pack->memory, text.len);
    for (size_t i = 0; i < text.len; i++)
        plain[i] = (unsigned char)text.at[i] < ' ' && text.at[i] != '\t' ? '?' : text.at[i] == 0x7F ? '?' : text.at[i];
    text.at = plain;
    uint32_t next = pack->layout.count;
    uint32_t index = table_index(pack, &pack->layout, hash_open(text.at, text.len), layout_equals, &text, next);
    if (index == next) {
        pack->layout_texts = memory_grow(pack->memory, pack->layout_texts, next, sizeof *pack->layout_texts);
        pack->layout_texts[next] =
            (struct image_text){(uint32_t)pack->sections[IMAGE_LAYOUT].length, (uint32_t)text.len};
        append(pack, &pack->sections[IMAGE_LAYOUT], text.at, text.len);
    }
    return pack->layout_texts[index];
}

static size_t aligned(size_t length) {
    return (length + IMAGE_ALIGN - 1) & ~(size_t)(IMAGE_ALIGN - 1);
}

int pack_finish(struct pack *pack, uint8_t **image, size_t *length) {
    if (pack->full)
        return -E2BIG;
    struct image_section table[IMAGE_SECTIONS] = {0};
    size_t end = sizeof(struct image_header) + sizeof table;
    for (uint32_t kind = 0; kind < IMAGE_SECTIONS; kind++) {
        size_t start = aligned(end);
        end = start + pack->sections[kind].length;
        if (end > IMAGE_LENGTH_MAX)
            return -E2BIG;
        table[kind] = (struct image_section){kind, (uint32_t)start, (uint32_t)pack->sections[kind].length, 0};
    }
    uint8_t *bytes = calloc(1, end);
    if (!bytes)
        return -ENOMEM;
    struct image_header header = {
        .magic = IMAGE_MAGIC, .version = IMAGE_VERSION, .sections = IMAGE_SECTIONS, .table_hash = codes_hash()};
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, table, sizeof table);
    for (uint32_t kind = 0; kind < IMAGE_SECTIONS; kind++)
        if (pack->sections[kind].length)
            memcpy(bytes + table[kind].offset, pack->sections[kind].at, pack->sections[kind].length);
    image_seal(bytes, end);
    *image = bytes;
    *length = end;
    return 0;
}
