/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/dialog.h"

#include <criterion/criterion.h>

#include <stdio.h>

static const struct hash_key key = {{7}}, other_key = {{8}};

Test(dialog, a_cookie_names_its_call_alone) {
    char cookie[COOKIE_LENGTH], params[200];
    dialog_cookie(&key, SLICE("a84b4c76e66710@pc33"), cookie);
    snprintf(params, sizeof params, ";lr;fov=%.*s", (int)COOKIE_LENGTH, cookie);
    cr_expect(dialog_named(&key, SLICE("a84b4c76e66710@pc33"), slice_of(params)));
    cr_expect_not(dialog_named(&key, SLICE("a84b4c76e66710@pc34"), slice_of(params)));
    cr_expect_not(dialog_named(&other_key, SLICE("a84b4c76e66710@pc33"), slice_of(params)));
    snprintf(params, sizeof params, ";x=y;fov=%.*s;lr=on", (int)COOKIE_LENGTH, cookie);
    cr_expect(dialog_named(&key, SLICE("a84b4c76e66710@pc33"), slice_of(params)));
}

Test(dialog, a_cookie_that_is_missing_short_or_changed_names_nothing) {
    char cookie[COOKIE_LENGTH], params[200];
    dialog_cookie(&key, SLICE("x"), cookie);
    cr_expect_not(dialog_named(&key, SLICE("x"), SLICE(";lr")));
    cr_expect_not(dialog_named(&key, SLICE("x"), SLICE(";lr;fov")));
    cr_expect_not(dialog_named(&key, SLICE("x"), SLICE(";lr;fov=")));
    snprintf(params, sizeof params, ";fov=%.*s", (int)COOKIE_LENGTH - 1, cookie);
    cr_expect_not(dialog_named(&key, SLICE("x"), slice_of(params)));
    for (unsigned i = 0; i < COOKIE_LENGTH; i++) {
        char changed[COOKIE_LENGTH];
        dialog_cookie(&key, SLICE("x"), changed);
        changed[i] = changed[i] == '0' ? '1' : '0';
        snprintf(params, sizeof params, ";fov=%.*s", (int)COOKIE_LENGTH, changed);
        cr_expect_not(dialog_named(&key, SLICE("x"), slice_of(params)), "digit %u", i);
    }
    cr_expect_not(dialog_named(&key, SLICE_NULL, SLICE(";lr;fov=0123456789abcdef")));
}
