/* SPDX-License-Identifier: MIT */
#include "runtime/plan/image.h"

#include "runtime/plan/verify.h"
#include "tests/unit/plan/support/rich.h"

#include <criterion/criterion.h>

static uint8_t *bytes;
static size_t length;
static struct image image;

static void open_rich(void) {
    struct image_refusal refusal;
    bytes = rich_image(&length);
    cr_assert_eq(verify_image(&image, bytes, length, &refusal), 0, "%u: %s", refusal.invariant, refusal.reason);
}

#define assert_text(SLICE_, TEXT_)                                                                                     \
    do {                                                                                                               \
        struct slice got_ = (SLICE_);                                                                                  \
        cr_assert(slice_equal(got_, slice_of(TEXT_)), "'%.*s' is not '%s'", SLICE_ARG(got_), TEXT_);                   \
    } while (0)

/* assemble() computes the hashes by itself, from what grammar/image.h says. */
Test(image, sealing_gives_the_hashes_that_the_format_describes) {
    open_rich();
    uint8_t *again = malloc(length);
    cr_assert(again);
    memcpy(again, bytes, length);
    struct image_header *header = (void *)again;
    header->length = header->plan_hash = header->checksum = 0;
    image_seal(again, length);
    cr_assert_arr_eq(again, bytes, length);
    free(again);
    free(bytes);
}

Test(image, the_same_plan_in_another_layout_has_the_same_identity) {
    struct assembly other = {0};
    struct image second;
    struct image_refusal refusal;
    size_t other_length;
    open_rich();
    rich(&other);
    layout(&other, "more layout");
    ((struct image_label *)last(&other, IMAGE_LABELS))->line = 1000;
    ((struct image_line *)last(&other, IMAGE_LINES))->line = 1001;
    uint8_t *more = assemble(&other, &other_length);
    cr_assert_eq(verify_image(&second, more, other_length, &refusal), 0);
    cr_assert_eq(image_plan_hash(&image), image_plan_hash(&second));
    cr_assert_neq(image.header->checksum, second.header->checksum);
    free(more);
    rich(&other);
    name(&other, "X-More", 0);
    more = assemble(&other, &other_length);
    cr_assert_eq(verify_image(&second, more, other_length, &refusal), 0);
    cr_assert_neq(image_plan_hash(&image), image_plan_hash(&second));
    free(more);
    free(bytes);
}

Test(image, records_are_found) {
    open_rich();
    assert_text(image_name_text(&image, RICH_BRANCH), "branch");
    assert_text(image_text(&image, image.patterns[RICH_DIGITS].text), "sip:(1[0-9]+)@");
    assert_text(image_layout_text(&image, image.labels[RICH_EMERGENCY].description), "police and fire");
    struct rx_program program = image_program(&image, RICH_DIGITS);
    cr_assert_eq(program.code, image.rxcode + image.patterns[RICH_DIGITS].start);
    cr_assert_eq(program.count, 11);
    cr_assert_eq(program.groups, 1);
    cr_assert_eq(program.set_count, 2);
    cr_assert_eq(image.preliminary_count, 1);
    free(bytes);
}

Test(image, the_rule_of_an_instruction_is_found) {
    open_rich();
    for (uint32_t rule = 0; rule < image.rule_count; rule++) {
        cr_assert_eq(image_rule_at(&image, image.rules[rule].start), rule);
        cr_assert_eq(image_rule_at(&image, image.rules[rule].start + image.rules[rule].count - 1), rule);
    }
    free(bytes);
}

Test(image, the_line_of_an_instruction_is_the_last_one_before_it_in_its_rule) {
    static const struct {
        uint32_t rule, pc, line; /* 0: none */
    } rows[] = {{RICH_SCANNER_RULE, 0, 3}, {RICH_SCANNER_RULE, 7, 3}, {RICH_EMERGENCY, 0, 14}, {RICH_EMERGENCY, 2, 14},
                {RICH_EMERGENCY, 3, 15},   {RICH_EMERGENCY, 44, 20},  {RICH_REST, 0, 0},       {RICH_REST, 2, 0}};
    open_rich();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct image_line *found = image_line_at(&image, image.rules[rows[i].rule].start + rows[i].pc);
        cr_assert_eq(found ? found->line : 0, rows[i].line, "row %zu", i);
    }
    free(bytes);
}

Test(image, a_rule_is_called_by_its_name_or_its_place) {
    static const char *const titles[RICH_RULES] = {"scanner", "emergency", "rule 2", "rule 3", "rest"};
    char buffer[IMAGE_TITLE], small[5];
    open_rich();
    for (uint32_t rule = 0; rule < RICH_RULES; rule++)
        cr_assert_str_eq(image_rule_title(&image, rule, buffer, sizeof buffer), titles[rule]);
    cr_assert_str_eq(image_rule_title(&image, RICH_EMERGENCY, small, sizeof small), "emer");
    free(bytes);
    struct assembly a = {0};
    struct image_refusal refusal;
    rule(&a, IMAGE_RULE_PRELIMINARY, 0, "");
    op(&a, OP_DONE, 0, 0, 0);
    bytes = assemble(&a, &length);
    cr_assert_eq(verify_image(&image, bytes, length, &refusal), 0);
    cr_assert_str_eq(image_rule_title(&image, 0, buffer, sizeof buffer), "preliminary rule 1");
    free(bytes);
}
