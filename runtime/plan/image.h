/* SPDX-License-Identifier: MIT */
/* An opened image: its sections as arrays. Opening checks the frame (invariants 1 to 15 of
 * verify.h); verify.h checks everything else. Nobody may run an image that was not verified. */
#ifndef FOV_RUNTIME_PLAN_IMAGE_H
#define FOV_RUNTIME_PLAN_IMAGE_H

#include "grammar/image.h"
#include "grammar/slice.h"
#include "runtime/regex/match.h"

struct image {
    const uint8_t *bytes; /* the caller's, aligned to 8; must outlive this */
    size_t length;
    const struct image_header *header;
    const struct image_text *texts;
    const struct image_name *names;
    const struct image_rule *rules;
    const struct image_instruction *code;
    const struct image_pattern *patterns;
    const struct image_rx *rxcode;
    const struct image_set *sets;
    const struct image_label *labels;
    const struct image_line *lines;
    struct slice blob, layout; /* BYTES, LAYOUT */
    uint32_t text_count, name_count, rule_count, code_count, pattern_count, rxcode_count, set_count, label_count,
        line_count;
    uint32_t preliminary_count; /* rules [0, preliminary_count) are the preliminary ones; set by
                                   verify_image */
};

/* Why an image was refused; `invariant` is its number in verify.h's list, 0: out of memory. */
struct image_refusal {
    unsigned invariant;
    char reason[120]; /* one line, no full stop */
};

/* 0, or -EINVAL with the refusal. */
int image_open(struct image *image, const void *bytes, size_t length, struct image_refusal *refusal);

/* For writers: fills length, plan_hash and checksum of an image that is complete but for them. */
void image_seal(void *bytes, size_t length);
/* The plan's identity: what it does, apart from comments, names and places. */
uint64_t image_plan_hash(const struct image *image);

/* For verified images. */
struct slice image_text(const struct image *image, uint32_t text);
struct slice image_name_text(const struct image *image, uint32_t name);
struct rx_program image_program(const struct image *image, uint32_t pattern);
struct slice image_layout_text(const struct image *image, struct image_text text);
/* The rule that the instruction at `pc` belongs to; pc must be below code_count. O(log n). */
uint32_t image_rule_at(const struct image *image, uint32_t pc);
/* The line that the instruction at `pc` was made from; NULL for none. O(log n). */
const struct image_line *image_line_at(const struct image *image, uint32_t pc);
enum { IMAGE_TITLE = 160 }; /* a buffer that holds most titles */
/* The rule's name, or "rule 3" / "preliminary rule 3": how logs and records call a rule. Cut where
 * the buffer ends; returns the buffer. */
const char *image_rule_title(const struct image *image, uint32_t rule, char *buffer, size_t size);

#endif
