/* SPDX-License-Identifier: MIT */
#include "runtime/plan/verify.h"

#include "tests/unit/plan/support/rich.h"
#include "tests/unit/plan/support/sweep.h"

#include <criterion/criterion.h>

Test(verify, a_good_image_is_good) {
    size_t length;
    uint8_t *bytes = rich_image(&length);
    struct image image;
    struct image_refusal refusal;
    cr_assert_eq(verify_image(&image, bytes, length, &refusal), 0, "%u: %s", refusal.invariant,
                 refusal.reason);
    disasm_image(stdout, &image);
    free(bytes);
}
