/* SPDX-License-Identifier: MIT */
#include "runtime/plan/survey.h"

#include "grammar/codes.h"

bool survey_uses_failover(const struct image *image) {
    for (uint32_t pc = 0; pc < image->code_count; pc++)
        if (image->code[pc].op == OP_FAILOVER && image->code[pc].a == 0)
            return true;
    return false;
}

/* Deploy lines have no jumps: what stands before a SET has made its value. */
bool survey_constant(const struct image *image, enum variable variable, uint32_t *pc, struct slice *value) {
    for (; *pc < image->code_count; ++*pc) {
        const struct image_instruction *code = &image->code[*pc];
        if (*pc == 0 || code->op != OP_SET || code->b != variable || code[-1].op != OP_TEXT)
            continue;
        *value = image_text(image, code[-1].c);
        if (value->len)
            return true;
    }
    return false;
}
