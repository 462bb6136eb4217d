/* SPDX-License-Identifier: MIT */
/* What the verifier's files share: the image, and room for what has to be remembered on the way.
 * The room is as large as the image's own numbers ask for, within the bounds of grammar/image.h:
 * 256 KB at most. Names, a rule and a pattern are judged one after another, and use the same room.
 */
#ifndef FOV_RUNTIME_PLAN_VERIFY_WORK_H
#define FOV_RUNTIME_PLAN_VERIFY_WORK_H

#include "runtime/plan/verify.h"

struct verify_work {
    const struct image *image;
    struct image_refusal *refusal;
    /* Names by header or text: the order, and where runs are merged. */
    uint16_t *order, *merged;
    /* A rule's instructions: depth of the stack in front of each + 1, 0 for not known; whether a
     * jump leads to it. */
    uint8_t *depth;
    bool *target;
    /* A pattern's instructions: the end of the look-ahead each stands in, 0 for none; how far the
     * search for loops has come with it, and its way there. */
    uint16_t *region, *way;
    uint8_t *visit;
};

/* Notes the refusal; answers false. */
bool verify_refuse(struct verify_work *work, unsigned invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Each answers false after a refusal. */
bool verify_rule(struct verify_work *work, uint32_t rule);
bool verify_pattern(struct verify_work *work, uint32_t pattern);

#endif
