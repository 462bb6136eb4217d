/* SPDX-License-Identifier: MIT */
#include "runtime/plan/verify.h"

#include "runtime/plan/piece.h"
#include "runtime/plan/verify_work.h"

#include "grammar/protocol.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool verify_refuse(struct verify_work *work, unsigned invariant, const char *format, ...) {
    va_list args;
    va_start(args, format);
    work->refusal->invariant = invariant;
    vsnprintf(work->refusal->reason, sizeof work->refusal->reason, format, args);
    va_end(args);
    return false;
}

static bool lies_inside(struct image_text text, struct slice section) {
    return text.offset <= section.len && text.length <= section.len - text.offset;
}

static bool check_texts(struct verify_work *work) {
    const struct image *image = work->image;
    for (uint32_t i = 0; i < image->text_count; i++)
        if (!lies_inside(image->texts[i], image->blob))
            return verify_refuse(work, 16, "text %u reaches out of BYTES", i);
    if (!piece_is_plain(image->blob, true))
        return verify_refuse(work, 17, "BYTES holds a control character");
    return true;
}

static bool is_token(struct slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_token((unsigned char)text.at[i]))
            return false;
    return text.len != 0;
}

static bool check_name(struct verify_work *work, uint32_t i) {
    const struct image_name *name = &work->image->names[i];
    if (name->flags & ~(IMAGE_NAME_ENV | IMAGE_NAME_READ))
        return verify_refuse(work, 19, "name %u has unknown flags", i);
    if (name->text >= work->image->text_count)
        return verify_refuse(work, 20, "name %u has text %u of %u", i, name->text, work->image->text_count);
    struct slice text = image_name_text(work->image, i);
    if (!is_token(text))
        return verify_refuse(work, 21, "name %u is no token", i);
    if (name->header != (name->flags & IMAGE_NAME_ENV ? (enum header)IMAGE_NONE : header_named(text)))
        return verify_refuse(work, 22, "name %u is not that of header %u", i, name->header);
    return true;
}

/* Headers that have a row by it, then other headers by text, then environment variables by text. */
static int compare_names(const struct image *image, uint32_t a, uint32_t b) {
    const struct image_name *left = &image->names[a], *right = &image->names[b];
    int kind = (left->flags & IMAGE_NAME_ENV) - (right->flags & IMAGE_NAME_ENV);
    if (kind || left->header != right->header)
        return kind ? kind : left->header - right->header;
    if (left->header != IMAGE_NONE)
        return 0;
    struct slice first = image_name_text(image, a), second = image_name_text(image, b);
    for (size_t i = 0; i < first.len && i < second.len; i++) {
        int difference = byte_lower((unsigned char)first.at[i]) - byte_lower((unsigned char)second.at[i]);
        if (difference)
            return difference;
    }
    return (first.len > second.len) - (first.len < second.len);
}

/* Merge sort, from runs of one name on: its cost is the same for every image. */
static void sort_names(struct verify_work *work, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        work->order[i] = (uint16_t)i;
    for (uint32_t run = 1; run < count; run *= 2) {
        for (uint32_t start = 0; start < count; start += 2 * run) {
            uint32_t middle = start + run < count ? start + run : count;
            uint32_t end = start + 2 * run < count ? start + 2 * run : count;
            for (uint32_t a = start, b = middle, to = start; to < end; to++) {
                bool first =
                    b == end || (a < middle && compare_names(work->image, work->order[a], work->order[b]) <= 0);
                work->merged[to] = work->order[first ? a++ : b++];
            }
        }
        memcpy(work->order, work->merged, count * sizeof *work->order);
    }
}

static bool check_names(struct verify_work *work) {
    uint32_t count = work->image->name_count;
    if (count > IMAGE_NAMES_MAX)
        return verify_refuse(work, 18, "%u names are too many", count);
    for (uint32_t i = 0; i < count; i++)
        if (!check_name(work, i))
            return false;
    sort_names(work, count);
    for (uint32_t i = 1; i < count; i++)
        if (compare_names(work->image, work->order[i - 1], work->order[i]) == 0)
            return verify_refuse(work, 23, "names %u and %u are the same", work->order[i - 1], work->order[i]);
    return true;
}

static bool check_patterns(struct verify_work *work) {
    const struct image *image = work->image;
    uint32_t end = 0;
    for (uint32_t i = 0; i < image->pattern_count; i++) {
        const struct image_pattern *pattern = &image->patterns[i];
        if (pattern->count < 1 || pattern->count > IMAGE_RX_MAX)
            return verify_refuse(work, 55, "pattern %u has %u instructions", i, pattern->count);
        if (pattern->start != end || pattern->count > image->rxcode_count - end)
            return verify_refuse(work, 54, "pattern %u is not at its place in RXCODE", i);
        if (!verify_pattern(work, i))
            return false;
        end += pattern->count;
    }
    if (end != image->rxcode_count)
        return verify_refuse(work, 54, "instructions from %u on belong to no pattern", end);
    return true;
}

static bool check_rule_row(struct verify_work *work, uint32_t i, uint32_t end) {
    const struct image_rule *rule = &work->image->rules[i];
    if (rule->count < 1 || rule->count > IMAGE_RULE_MAX)
        return verify_refuse(work, 25, "rule %u has %u instructions", i, rule->count);
    if (rule->start != end || rule->count > work->image->code_count - end)
        return verify_refuse(work, 24, "rule %u is not at its place in CODE", i);
    if (rule->flags & ~(IMAGE_RULE_PRELIMINARY | IMAGE_RULE_DISABLED | IMAGE_RULE_EMPTY))
        return verify_refuse(work, 26, "rule %u has unknown flags", i);
    if (i && rule->flags & IMAGE_RULE_PRELIMINARY && !(rule[-1].flags & IMAGE_RULE_PRELIMINARY))
        return verify_refuse(work, 27, "rule %u is preliminary and stands behind a regular one", i);
    if (rule->slots > IMAGE_SLOTS_MAX)
        return verify_refuse(work, 28, "rule %u has %u slots", i, rule->slots);
    return true;
}

static bool check_rules(struct verify_work *work) {
    uint32_t end = 0;
    for (uint32_t i = 0; i < work->image->rule_count; i++) {
        if (!check_rule_row(work, i, end) || !verify_rule(work, i))
            return false;
        end += work->image->rules[i].count;
    }
    if (end != work->image->code_count)
        return verify_refuse(work, 24, "instructions from %u on belong to no rule", end);
    return true;
}

static bool check_labels(struct verify_work *work) {
    const struct image *image = work->image;
    if (image->label_count != image->rule_count)
        return verify_refuse(work, 72, "%u labels for %u rules", image->label_count, image->rule_count);
    uint32_t number = 0;
    for (uint32_t i = 0; i < image->label_count; i++) {
        const struct image_label *label = &image->labels[i];
        bool first_regular = i && (image->rules[i].flags ^ image->rules[i - 1].flags) & IMAGE_RULE_PRELIMINARY;
        number = first_regular ? 1 : number + 1;
        if (!lies_inside(label->name, image->layout) || !lies_inside(label->description, image->layout) ||
            !lies_inside(label->file, image->layout))
            return verify_refuse(work, 73, "label %u reaches out of LAYOUT", i);
        if (label->number != number)
            return verify_refuse(work, 74, "label %u has number %u instead of %u", i, label->number, number);
    }
    return true;
}

static bool check_lines(struct verify_work *work) {
    const struct image *image = work->image;
    for (uint32_t i = 0; i < image->line_count; i++) {
        const struct image_line *line = &image->lines[i];
        if (!lies_inside(line->file, image->layout))
            return verify_refuse(work, 75, "line %u reaches out of LAYOUT", i);
        if (line->pc >= image->code_count || (i && line->pc <= line[-1].pc))
            return verify_refuse(work, 76, "line %u does not stand by rising pc inside CODE", i);
    }
    if (!piece_is_plain(image->layout, true))
        return verify_refuse(work, 77, "LAYOUT holds a control character");
    return true;
}

static uint32_t count_preliminary(const struct image *image) {
    uint32_t count = 0;
    while (count < image->rule_count && image->rules[count].flags & IMAGE_RULE_PRELIMINARY)
        count++;
    return count;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/* Longest rule and pattern, as long as they may be: a longer one is refused before it is looked at.
 */
static uint32_t longest_rule(const struct image *image) {
    uint32_t longest = 0;
    for (uint32_t i = 0; i < image->rule_count; i++)
        if (image->rules[i].count > longest)
            longest = image->rules[i].count;
    return smaller(longest, IMAGE_RULE_MAX);
}

static uint32_t longest_pattern(const struct image *image) {
    uint32_t longest = 0;
    for (uint32_t i = 0; i < image->pattern_count; i++)
        if (image->patterns[i].count > longest)
            longest = image->patterns[i].count;
    return smaller(longest, IMAGE_RX_MAX);
}

/* Everybody's room, or NULL. */
static void *make_room(struct verify_work *work) {
    size_t names = smaller(work->image->name_count, IMAGE_NAMES_MAX);
    size_t rule = longest_rule(work->image), pattern = longest_pattern(work->image);
    size_t for_names = names * (sizeof *work->order + sizeof *work->merged);
    size_t for_rule = rule * (sizeof *work->depth + sizeof *work->target);
    size_t for_pattern = pattern * (sizeof *work->region + sizeof *work->way + sizeof *work->visit);
    size_t size = for_names > for_rule ? for_names : for_rule;
    void *room = malloc((size > for_pattern ? size : for_pattern) + 1);
    if (!room)
        return NULL;
    work->order = work->region = room;
    work->merged = work->order + names;
    work->depth = room;
    work->target = (bool *)(work->depth + rule);
    work->way = work->region + pattern;
    work->visit = (uint8_t *)(work->way + pattern);
    return room;
}

int verify_image(struct image *image, const void *bytes, size_t length, struct image_refusal *refusal) {
    *refusal = (struct image_refusal){0};
    if (image_open(image, bytes, length, refusal) != 0)
        return -EINVAL;
    struct verify_work work = {.image = image, .refusal = refusal};
    void *room = make_room(&work);
    if (!room) {
        snprintf(refusal->reason, sizeof refusal->reason, "out of memory");
        return -ENOMEM;
    }
    /* Patterns before rules, which rely on what a pattern says of itself. */
    bool good = check_texts(&work) && check_names(&work) && check_patterns(&work) && check_rules(&work) &&
                check_labels(&work) && check_lines(&work);
    free(room);
    image->preliminary_count = count_preliminary(image);
    return good ? 0 : -EINVAL;
}
