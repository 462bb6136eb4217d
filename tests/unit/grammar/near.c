/* SPDX-License-Identifier: MIT */
#include "grammar/near.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *nearest(const char *word) {
    static const char *const known[] = {"request", "addrPrefix", "addrRange", "addr", "str.lowercase", "e", "if", "To"};
    struct near near;
    near_start(&near, slice_of(word));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        near_try(&near, known[i]);
    return near.best;
}

Test(near, a_slip_of_the_pen_finds_the_word_that_was_meant) {
    static const char *const cases[][2] = {
        {"requst", "request"},   /* left out */
        {"requuest", "request"}, /* twice */
        {"reqeust", "request"},  /* swapped */
        {"REQUES", "request"},   /* letter case is no difference */
        {"addrprefx", "addrPrefix"}, {"adrrange", "addrRange"},
        {"addr2", "addr"},           {"lowercase", "str.lowercase"}, /* the part behind the dot */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *best = nearest(cases[i][0]);
        cr_assert(best && strcmp(best, cases[i][1]) == 0, "%s: %s", cases[i][0], best ? best : "nothing");
    }
}

Test(near, what_is_far_from_every_word_has_no_suggestion) {
    static const char *const cases[] = {"",           "x",      "zz",
                                        "registered", "rqst!!", "addrPrefixAddrPrefixAddrPrefixAddrPrefixAddrPrefix"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_null(nearest(cases[i]), "%s", cases[i]);
}

Test(near, swapped_letters_are_one_change_and_the_earlier_candidate_stays) {
    struct near near;
    near_start(&near, SLICE("Form"));
    near_try(&near, "From");
    cr_assert_eq(near.distance, 1);
    near_try(&near, "Norm");
    cr_assert_str_eq(near.best, "From");
}
