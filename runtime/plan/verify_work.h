/* SPDX-License-Identifier: MIT */
/* What the verifier's files share: the image, and room of a fixed size for what has to be
 * remembered on the way. */
#ifndef FOV_RUNTIME_PLAN_VERIFY_WORK_H
#define FOV_RUNTIME_PLAN_VERIFY_WORK_H

#include "runtime/plan/verify.h"

struct verify_work {
    const struct image *image;
    struct image_refusal *refusal;
    union {
        /* Names by header or text: the order, and room to merge. */
        struct {
            uint16_t order[IMAGE_NAMES_MAX], merged[IMAGE_NAMES_MAX];
        };
        /* A rule's instructions: depth of the stack + 1 in front of each, 0 not known; whether a
         * jump leads to it. */
        struct {
            uint8_t depth[IMAGE_RULE_MAX];
            bool target[IMAGE_RULE_MAX];
        };
        /* A pattern's instructions: the end of the look-ahead each stands in, 0 for none; how far
         * the search for loops has come with it, and its way there. */
        struct {
            uint16_t region[IMAGE_RX_MAX];
            uint8_t visit[IMAGE_RX_MAX];
            uint16_t way[IMAGE_RX_MAX];
        };
    };
};

/* Notes the refusal; answers false. */
bool verify_refuse(struct verify_work *work, unsigned invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Each answers false after a refusal. */
bool verify_rule(struct verify_work *work, uint32_t rule);
bool verify_pattern(struct verify_work *work, uint32_t pattern);

#endif
