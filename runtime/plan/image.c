/* SPDX-License-Identifier: MIT */
#include "runtime/plan/image.h"

#include "grammar/hash.h"
#include "grammar/codes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Images are read in place. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "an image is little-endian");

enum { TABLE_END = sizeof(struct image_header) + IMAGE_SECTIONS * sizeof(struct image_section) };

static const char *const section_names[IMAGE_SECTIONS] = {"TEXTS",  "BYTES", "NAMES",  "RULES", "CODE",  "PATTERNS",
                                                          "RXCODE", "SETS",  "LABELS", "LINES", "LAYOUT"};

static const uint32_t record_sizes[IMAGE_SECTIONS] = {
    [IMAGE_TEXTS] = sizeof(struct image_text),
    [IMAGE_BYTES] = 1,
    [IMAGE_NAMES] = sizeof(struct image_name),
    [IMAGE_RULES] = sizeof(struct image_rule),
    [IMAGE_CODE] = sizeof(struct image_instruction),
    [IMAGE_PATTERNS] = sizeof(struct image_pattern),
    [IMAGE_RXCODE] = sizeof(struct image_rx),
    [IMAGE_SETS] = sizeof(struct image_set),
    [IMAGE_LABELS] = sizeof(struct image_label),
    [IMAGE_LINES] = sizeof(struct image_line),
    [IMAGE_LAYOUT] = 1,
};

__attribute__((format(printf, 3, 4))) static int refuse(struct image_refusal *refusal, unsigned invariant,
                                                        const char *format, ...) {
    va_list args;
    va_start(args, format);
    refusal->invariant = invariant;
    vsnprintf(refusal->reason, sizeof refusal->reason, format, args);
    va_end(args);
    return -EINVAL;
}

static const struct image_section *section_table(const void *bytes) {
    return (const void *)((const uint8_t *)bytes + sizeof(struct image_header));
}

/* Two parts as one number, whatever lies between them: SipHash of both hashes, least significant
 * byte first. */
static uint64_t hash_of_two(uint64_t first, uint64_t second) {
    uint8_t both[16];
    for (unsigned i = 0; i < 8; i++) {
        both[i] = (uint8_t)(first >> 8 * i);
        both[8 + i] = (uint8_t)(second >> 8 * i);
    }
    return hash_open(both, sizeof both);
}

/* Where LABELS begin: behind what the plan hash covers. A table that has not been checked may say
 * anything. */
static size_t layout_start(const void *bytes, size_t length) {
    uint32_t offset = section_table(bytes)[IMAGE_LABELS].offset;
    return offset >= TABLE_END && offset <= length ? offset : TABLE_END;
}

/* Header, table and layout; the rest is in the header's plan hash, so that no byte is hashed twice.
 */
static uint64_t checksum(const void *bytes, size_t length) {
    struct image_header header;
    uint8_t head[TABLE_END];
    size_t start = layout_start(bytes, length);
    memcpy(head, bytes, sizeof head);
    memcpy(&header, bytes, sizeof header);
    header.checksum = 0;
    memcpy(head, &header, sizeof header);
    return hash_of_two(hash_open(head, sizeof head), hash_open((const uint8_t *)bytes + start, length - start));
}

/* Of the table's entries before LABELS, which say where each section ends, and of what they
 * contain. */
static uint64_t plan_hash(const void *bytes, size_t length) {
    const struct image_section *table = section_table(bytes);
    return hash_of_two(hash_open(table, IMAGE_LABELS * sizeof *table),
                       hash_open((const uint8_t *)bytes + TABLE_END, layout_start(bytes, length) - TABLE_END));
}

static int check_header(const void *bytes, size_t length, struct image_refusal *refusal) {
    const struct image_header *header = bytes;
    if (length < TABLE_END || length > IMAGE_LENGTH_MAX || (uintptr_t)bytes % IMAGE_ALIGN)
        return refuse(refusal, 1, "%zu bytes at this place are no image", length);
    if (memcmp(header->magic, IMAGE_MAGIC, sizeof header->magic) != 0)
        return refuse(refusal, 2, "it does not begin as a compiled plan does");
    if (header->version != IMAGE_VERSION)
        return refuse(refusal, 3, "format version %u, this program reads %u", header->version, IMAGE_VERSION);
    if (header->length != length)
        return refuse(refusal, 4, "it is %zu bytes long and says %llu", length, (unsigned long long)header->length);
    if (header->checksum != checksum(bytes, length))
        return refuse(refusal, 5, "its checksum is wrong: the file is damaged");
    if (header->table_hash != codes_hash())
        return refuse(refusal, 6, "compiled by a fovc with other words or instructions: compile the plan again");
    if (header->sections != IMAGE_SECTIONS)
        return refuse(refusal, 7, "%u sections instead of %u", header->sections, IMAGE_SECTIONS);
    if (header->reserved[0] || header->reserved[1])
        return refuse(refusal, 8, "reserved bytes of the header are not zero");
    return 0;
}

/* `at` is where the section before ends, and becomes where this one does. */
static int check_section(const void *bytes, size_t length, unsigned kind, size_t *at, struct image_refusal *refusal) {
    const struct image_section *section = &section_table(bytes)[kind];
    const char *name = section_names[kind];
    size_t begin = (*at + IMAGE_ALIGN - 1) / IMAGE_ALIGN * IMAGE_ALIGN;
    if (section->kind != kind)
        return refuse(refusal, 9, "section %u is of kind %u", kind, section->kind);
    if (section->reserved)
        return refuse(refusal, 10, "section %s has reserved bytes that are not zero", name);
    if (section->offset != begin || begin > length)
        return refuse(refusal, 11, "section %s begins at %u instead of %zu", name, section->offset, begin);
    if (section->length > length - begin || section->length % record_sizes[kind])
        return refuse(refusal, 12, "section %s has a wrong length, %u", name, section->length);
    for (; *at < begin; ++*at)
        if (((const uint8_t *)bytes)[*at])
            return refuse(refusal, 13, "the byte at %zu before section %s is not zero", *at, name);
    *at = begin + section->length;
    return 0;
}

static const void *records(const void *bytes, enum image_section_kind kind, uint32_t *count) {
    const struct image_section *section = &section_table(bytes)[kind];
    *count = section->length / record_sizes[kind];
    return (const uint8_t *)bytes + section->offset;
}

static struct slice text_section(const void *bytes, enum image_section_kind kind) {
    uint32_t count;
    const char *at = records(bytes, kind, &count);
    return (struct slice){at, count};
}

int image_open(struct image *image, const void *bytes, size_t length, struct image_refusal *refusal) {
    *image = (struct image){0};
    if (check_header(bytes, length, refusal) != 0)
        return -EINVAL;
    size_t at = TABLE_END;
    for (unsigned kind = 0; kind < IMAGE_SECTIONS; kind++)
        if (check_section(bytes, length, kind, &at, refusal) != 0)
            return -EINVAL;
    if (at != length)
        return refuse(refusal, 14, "%zu bytes follow the last section", length - at);
    *image = (struct image){.bytes = bytes, .length = length, .header = bytes};
    image->texts = records(bytes, IMAGE_TEXTS, &image->text_count);
    image->names = records(bytes, IMAGE_NAMES, &image->name_count);
    image->rules = records(bytes, IMAGE_RULES, &image->rule_count);
    image->code = records(bytes, IMAGE_CODE, &image->code_count);
    image->patterns = records(bytes, IMAGE_PATTERNS, &image->pattern_count);
    image->rxcode = records(bytes, IMAGE_RXCODE, &image->rxcode_count);
    image->sets = records(bytes, IMAGE_SETS, &image->set_count);
    image->labels = records(bytes, IMAGE_LABELS, &image->label_count);
    image->lines = records(bytes, IMAGE_LINES, &image->line_count);
    image->blob = text_section(bytes, IMAGE_BYTES);
    image->layout = text_section(bytes, IMAGE_LAYOUT);
    if (image->header->plan_hash != plan_hash(bytes, length))
        return refuse(refusal, 15, "its plan hash is wrong: the file is damaged");
    return 0;
}

void image_seal(void *bytes, size_t length) {
    struct image_header *header = bytes;
    header->length = length;
    header->plan_hash = plan_hash(bytes, length);
    header->checksum = checksum(bytes, length);
}

uint64_t image_plan_hash(const struct image *image) {
    return image->header->plan_hash;
}

struct slice image_text(const struct image *image, uint32_t text) {
    return (struct slice){image->blob.at + image->texts[text].offset, image->texts[text].length};
}

struct slice image_name_text(const struct image *image, uint32_t name) {
    return image_text(image, image->names[name].text);
}

struct rx_program image_program(const struct image *image, uint32_t pattern) {
    const struct image_pattern *row = &image->patterns[pattern];
    return (struct rx_program){image->rxcode + row->start, image->sets, row->count, image->set_count, row->groups};
}

struct slice image_layout_text(const struct image *image, struct image_text text) {
    return (struct slice){image->layout.at + text.offset, text.length};
}

uint32_t image_rule_at(const struct image *image, uint32_t pc) {
    uint32_t low = 0, high = image->rule_count; /* the last rule that starts at or before pc is in [low, high) */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (image->rules[middle].start <= pc)
            low = middle;
        else
            high = middle;
    }
    return low;
}

const struct image_line *image_line_at(const struct image *image, uint32_t pc) {
    uint32_t low = 0, high = image->line_count; /* the first line behind pc is in [low, high] */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (image->lines[middle].pc <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    /* Code in front of its rule's first line comes from no line, and not from the last one of the
     * rule before. */
    if (low == 0 || image->lines[low - 1].pc < image->rules[image_rule_at(image, pc)].start)
        return NULL;
    return &image->lines[low - 1];
}

const char *image_rule_title(const struct image *image, uint32_t rule, char *buffer, size_t size) {
    const struct image_label *label = &image->labels[rule];
    struct slice name = image_layout_text(image, label->name);
    bool preliminary = image->rules[rule].flags & IMAGE_RULE_PRELIMINARY;
    if (name.len)
        snprintf(buffer, size, "%.*s", SLICE_ARG(name));
    else
        snprintf(buffer, size, "%srule %u", preliminary ? "preliminary " : "", label->number);
    return buffer;
}
