/* SPDX-License-Identifier: MIT */
#include "runtime/plan/survey.h"

#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/assemble.h"

#include <criterion/criterion.h>

static uint8_t *open_image(struct assembly *a, struct image *image) {
    struct image_refusal refusal;
    size_t length;
    uint8_t *bytes = assemble(a, &length);
    cr_assert_eq(verify_image(image, bytes, length, &refusal), 0, "%u: %s", refusal.invariant, refusal.reason);
    return bytes;
}

static void set_variable(struct assembly *a, enum variable variable, const char *value) {
    op(a, OP_TEXT, 0, 0, text(a, value));
    op(a, OP_SET, variable, 0, 0);
}

Test(survey, failover_is_used_where_it_is_switched_on) {
    for (uint8_t off = 0; off < 2; off++) {
        struct assembly a = {0};
        struct image image;
        rule(&a, 0, 0, "");
        op(&a, OP_FAILOVER, 0, off, 0);
        op(&a, OP_DONE, 0, 0, 0);
        uint8_t *bytes = open_image(&a, &image);
        cr_expect_eq(survey_uses_failover(&image), off == 0);
        free(bytes);
    }
}

Test(survey, a_constant_is_what_a_rule_says_in_plain_text) {
    struct assembly a = {0};
    struct image image;
    struct slice value;
    uint32_t pc = 0;
    rule(&a, 0, 0, "");
    set_variable(&a, VARIABLE_RTP, "auto");
    set_variable(&a, VARIABLE_NAT, "true");
    set_variable(&a, VARIABLE_RTP, "");
    op(&a, OP_HEADER, name(&a, "X-Relay", IMAGE_NAME_READ), 0, 0);
    op(&a, OP_SET, VARIABLE_RTP, 0, 0);
    op(&a, OP_DONE, 0, 0, 0);
    rule(&a, 0, 0, "");
    set_variable(&a, VARIABLE_RTP, "true");
    op(&a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = open_image(&a, &image);
    cr_assert(survey_constant(&image, VARIABLE_RTP, &pc, &value));
    cr_expect(slice_equal(value, SLICE("auto")));
    cr_expect_eq(pc, 1);
    pc++;
    cr_assert(survey_constant(&image, VARIABLE_RTP, &pc, &value));
    cr_expect(slice_equal(value, SLICE("true")));
    cr_expect_eq(image_rule_at(&image, pc), 1);
    pc++;
    cr_expect_not(survey_constant(&image, VARIABLE_RTP, &pc, &value));
    pc = 0;
    cr_expect_not(survey_constant(&image, VARIABLE_IFDST, &pc, &value));
    free(bytes);
}
