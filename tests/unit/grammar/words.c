/* SPDX-License-Identifier: MIT */
#include "grammar/words.h"

#include <criterion/criterion.h>
#include <string.h>

Test(words, every_row_is_found_by_its_name_in_any_case) {
    for (unsigned id = 0; id < WORD_COUNT; id++)
        cr_assert_eq(word_named(slice_of(words[id].name)), id, "%s", words[id].name);
    for (unsigned id = 0; id < VARIABLE_COUNT; id++)
        cr_assert_eq(variable_named(slice_of(variables[id].name)), id, "%s", variables[id].name);
    for (unsigned id = 0; id < FAILOVER_COUNT; id++)
        cr_assert_eq(failover_setting_named(slice_of(failover_settings[id].name)), id);
    cr_assert_eq(word_named(SLICE("GETSIPUSER")), WORD_GETSIPUSER);
}

Test(words, an_unknown_name_is_the_count) {
    cr_assert_eq(word_named(SLICE("nosuch")), WORD_COUNT);
    cr_assert_eq(variable_named(SLICE("")), VARIABLE_COUNT);
    cr_assert_eq(failover_setting_named(SLICE("timer")), FAILOVER_COUNT);
}

Test(words, a_row_of_arguments_has_a_letter_for_each) {
    for (unsigned id = 0; id < WORD_COUNT; id++) {
        cr_assert(words[id].max == 0 || words[id].args[0], "%s takes arguments of no kind", words[id].name);
        cr_assert(strspn(words[id].args, "tcnpidzxr") == strlen(words[id].args), "%s", words[id].name);
        cr_assert_leq(words[id].min, words[id].max);
        if (words[id].fallback[0])
            cr_assert_neq(word_named(slice_of(words[id].fallback)), WORD_COUNT, "%s", words[id].name);
    }
}
