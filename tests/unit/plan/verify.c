/* SPDX-License-Identifier: MIT */
#include "runtime/plan/verify.h"

#include "tests/unit/plan/support/hostile.h"
#include "tests/unit/plan/support/sweep.h"
#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <time.h>

static struct image_refusal refusal_of(const uint8_t *bytes, size_t length) {
    struct image image;
    struct image_refusal refusal;
    int result = verify_image(&image, bytes, length, &refusal);
    cr_assert_eq(result == 0, refusal.invariant == 0, "%d and %u", result, refusal.invariant);
    return refusal;
}

Test(verify, a_good_image_passes) {
    size_t length;
    uint8_t *bytes = rich_image(&length);
    struct image_refusal refusal = refusal_of(bytes, length);
    cr_assert_eq(refusal.invariant, 0, "%u: %s", refusal.invariant, refusal.reason);
    free(bytes);
}

Test(verify, an_empty_plan_passes) {
    struct assembly a = {0};
    size_t length;
    uint8_t *bytes = assemble(&a, &length);
    cr_assert_eq(refusal_of(bytes, length).invariant, 0);
    free(bytes);
}

Test(verify, what_is_at_the_bounds_passes) {
    struct assembly a = {0};
    size_t length;
    pattern(&a, "x", IMAGE_GROUPS_MAX, IMAGE_SLOTS_MAX);
    for (uint32_t i = 0; i < IMAGE_LOOKS_MAX; i++)
        rx(&a, RX_LOOK, 0, 0, 2 * IMAGE_LOOKS_MAX - i);
    for (uint32_t i = 0; i < IMAGE_LOOKS_MAX; i++)
        rx(&a, RX_LOOK_END, 0, 0, 0);
    rx(&a, RX_SAVE, 2 * IMAGE_GROUPS_MAX + 1, 0, 0);
    rx(&a, RX_INSERT, IMAGE_SLOTS_MAX - 1, 0, 0);
    while (assembly_count(&a, IMAGE_RXCODE) < IMAGE_RX_MAX - 1)
        rx(&a, RX_JOIN, 0, 0, 0);
    rx(&a, RX_MATCH, 0, 0, 0);
    rule(&a, 0, IMAGE_SLOTS_MAX, "");
    op(&a, OP_NULL, 0, 0, 0);
    op(&a, OP_MATCH, 0, 0, 0);
    op(&a, OP_UNLESS, 0, 0, IMAGE_RULE_MAX - 1);
    op(&a, OP_KEEP, IMAGE_SLOTS_MAX - IMAGE_GROUPS_MAX, IMAGE_GROUPS_MAX, 0);
    for (unsigned i = 0; i < IMAGE_STACK_MAX; i++)
        op(&a, OP_CAPTURE, IMAGE_SLOTS_MAX - 1, IMAGE_PIECE_LINE, 0);
    op(&a, OP_JOIN, 0, IMAGE_STACK_MAX, 0);
    op(&a, OP_SET, VARIABLE_LOG, 0, 0);
    while (assembly_count(&a, IMAGE_CODE) < IMAGE_RULE_MAX - 1)
        op(&a, OP_FAILOVER_NUMBER, FAILOVER_TIMER_TOTAL, 0, 24 * 60 * 60 * 1000);
    op(&a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = assemble(&a, &length);
    struct image_refusal refusal = refusal_of(bytes, length);
    cr_assert_eq(refusal.invariant, 0, "%u: %s", refusal.invariant, refusal.reason);
    free(bytes);
}

Test(verify, each_hostile_image_breaks_the_invariant_it_is_made_for) {
    unsigned reached[VERIFY_INVARIANTS + 1] = {0};
    for (size_t i = 0; i < HOSTILE_ROWS; i++) {
        size_t length;
        uint8_t *bytes = hostile_image(&hostile_rows[i], &length);
        struct image_refusal refusal = refusal_of(bytes, length);
        cr_expect_eq(refusal.invariant, hostile_rows[i].invariant, "%s: %u instead of %u: %s", hostile_rows[i].what,
                     refusal.invariant, hostile_rows[i].invariant, refusal.reason);
        cr_expect(refusal.reason[0] && !strchr(refusal.reason, '\n'), "%s", hostile_rows[i].what);
        reached[hostile_rows[i].invariant]++;
        free(bytes);
    }
    for (unsigned invariant = 1; invariant <= VERIFY_INVARIANTS; invariant++)
        cr_expect(reached[invariant], "no hostile image for invariant %u", invariant);
}

Test(verify, an_image_that_is_not_aligned_is_refused) {
    size_t length;
    uint8_t *bytes = rich_image(&length), *moved = malloc(length + 4);
    cr_assert(moved);
    memcpy(moved + 4, bytes, length);
    cr_assert_eq(refusal_of(moved + 4, length).invariant, 1);
    free(bytes);
    free(moved);
}

Test(verify, a_reason_names_the_place) {
    struct assembly a = {0};
    size_t length;
    rule(&a, 0, 0, "");
    op(&a, OP_DONE, 0, 0, 0);
    rule(&a, 0, 0, "");
    op(&a, OP_TARGETS, 0, 0, 0);
    op_text(&a, "x");
    op(&a, OP_DONE, 0, 0, 0);
    uint8_t *bytes = assemble(&a, &length);
    struct image_refusal refusal = refusal_of(bytes, length);
    cr_assert_str_eq(refusal.reason, "rule 1, instruction 2: a stack of 1 is left at DONE");
    free(bytes);
}

Test(verify, without_memory_it_says_so) {
    size_t length;
    uint8_t *bytes = rich_image(&length);
    struct image image;
    struct image_refusal refusal;
    allocations_left = 0;
    int result = verify_image(&image, bytes, length, &refusal);
    allocations_left = LONG_MAX;
    cr_assert_eq(result, -ENOMEM);
    cr_assert_eq(refusal.invariant, 0);
    cr_assert_str_eq(refusal.reason, "out of memory");
    free(bytes);
}

Test(verify, every_changed_byte_is_refused_or_harmless) {
    size_t length;
    uint8_t *bytes = rich_image(&length);
    struct sweep sweep;
    sweep_begin(&sweep);
    sweep_judge(&sweep, bytes, length);
    cr_assert_eq(sweep.ran, 1, "the image itself does not pass");
    sweep_bytes(&sweep, bytes, length);
    sweep_print(&sweep, stdout);
    cr_assert_eq(sweep.harmed, 0);
    cr_assert_gt(sweep.ran, 1000);
    sweep_end(&sweep);
    free(bytes);
}

Test(verify, a_truncated_image_is_refused) {
    size_t length;
    uint8_t *bytes = rich_image(&length);
    cr_assert_eq(sweep_truncations(bytes, length), 0);
    free(bytes);
}

/* What is linear takes no longer for an image that was made to be slow; the bound is generous for
 * slow machines. */
Test(verify, an_image_made_to_be_slow_is_not) {
    struct assembly a = {0};
    size_t length;
    struct timespec before, after;
    for (unsigned i = 0; i < 60000; i++) {
        char written[24];
        snprintf(written, sizeof written, "x-%u", i * 7919 % 60000);
        name(&a, written, 0);
    }
    for (unsigned i = 0; i < 200; i++) { /* every split leads to the end of a pattern, or nearly */
        pattern(&a, "x", 0, 0);
        for (unsigned j = 0; j < IMAGE_RX_MAX - 1; j++)
            rx(&a, RX_SPLIT, 0, 0, IMAGE_RX_MAX - 1 - j % 2);
        rx(&a, RX_MATCH, 0, 0, 0);
    }
    for (unsigned i = 0; i < 10; i++) {
        rule(&a, 0, 0, "");
        for (unsigned j = 0; j < IMAGE_RULE_MAX / 2 - 1; j++) {
            op(&a, OP_NULL, 0, 0, 0);
            op(&a, OP_UNLESS, 0, 0, IMAGE_RULE_MAX - 2);
        }
        op(&a, OP_NEXT, 0, 0, 0);
    }
    uint8_t *bytes = assemble(&a, &length);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    struct image_refusal refusal = refusal_of(bytes, length);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    double seconds = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
    cr_assert_eq(refusal.invariant, 0, "%u: %s", refusal.invariant, refusal.reason);
    cr_assert_lt(seconds, 1.0, "%f s", seconds);
    free(bytes);
}
