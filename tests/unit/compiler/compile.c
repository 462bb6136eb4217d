/* SPDX-License-Identifier: MIT */
#include "compiler/compile.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char plan[] = "[Rule \"a\"]\n[Matching Patterns]\n$request = ^INVITE\nTo = sip:(?<user>.+)@\n"
                           "$or(\"$transport=TCP\", \"From = !%1\") = true\n"
                           "[Deploy Patterns]\nTo = sip:%{user}@192.0.2.1\nX-A = %1 %%\n"
                           "$session = failover sip:a@192.0.2.2 sip:b@192.0.2.3/TCP\n"
                           "&failover.pattern.response = [456]..\n";

static int compile(const char *text, uint8_t **image, size_t *length, char **said) {
    size_t said_length;
    FILE *errors = open_memstream(said, &said_length);
    int result = compile_plan_text(slice_of(text), "name", errors, image, length);
    fclose(errors);
    return result;
}

Test(compile, a_good_plan_is_an_image_and_a_bad_one_says_why) {
    uint8_t *image;
    size_t length;
    char *said;
    cr_assert_eq(compile(plan, &image, &length, &said), 0);
    cr_assert_str_eq(said, "name:10:30: warning: a 600 leads to the next target, though it says that nobody wants "
                           "this call anywhere [failover-global]\n"
                           "   10 | &failover.pattern.response = [456]..\n"
                           "      |                              ^~~~~~~\n");
    cr_assert_eq(memcmp(image, "fovplan", 8), 0);
    free(image);
    free(said);
    cr_assert_eq(compile("[Matching Patterns]\n$x = y\n", &image, &length, &said), -EINVAL);
    cr_assert_not_null(strstr(said, "name:2:1: error: "));
    free(said);
}

Test(compile, an_empty_plan_is_one_without_rules) {
    uint8_t *image;
    size_t length;
    char *said;
    cr_assert_eq(compile("", &image, &length, &said), 0);
    cr_assert_str_eq(said, "");
    free(image);
    free(said);
}

Test(compile, wherever_memory_runs_out_the_answer_says_so_and_nothing_is_lost) {
    uint8_t *whole, *image;
    size_t whole_length, length;
    char *said;
    cr_assert_eq(compile(plan, &whole, &whole_length, &said), 0);
    free(said);
    long failures = 0;
    for (;; failures++) {
        image = NULL;
        FILE *nowhere = fopen("/dev/null", "w");
        allocations_left = failures;
        int result = compile_plan_text(slice_of(plan), "name", nowhere, &image, &length);
        allocations_left = LONG_MAX;
        fclose(nowhere);
        if (result == 0)
            break;
        cr_assert_eq(result, -ENOMEM, "allocation %ld: %d", failures, result);
        cr_assert_null(image);
    }
    cr_assert_gt(failures, 5);
    cr_assert_eq(length, whole_length);
    cr_assert_eq(memcmp(image, whole, length), 0);
    free(image);
    free(whole);
}

Test(compile, plans_that_differ_in_comments_and_names_alone_have_the_same_hash) {
    static const char *const texts[] = {
        "[Matching Patterns]\nTo = sip:1@\n[Deploy Patterns]\n$action = 486\n",
        "# why\r\n[Rule \"a\"]\r\ndescription=b\r\n[matching pattern]\r\nt=sip:1@\r\n[deploy pattern]\r\n$ACTION=486",
        "[Matching Patterns]\nTo = sip:1@\n[Deploy Patterns]\n$action = 487\n",
    };
    uint64_t hashes[3];
    for (unsigned i = 0; i < 3; i++) {
        uint8_t *image;
        size_t length;
        char *said;
        cr_assert_eq(compile(texts[i], &image, &length, &said), 0, "%s", said);
        memcpy(&hashes[i], image + 32, sizeof *hashes); /* plan_hash */
        free(image);
        free(said);
    }
    cr_assert_eq(hashes[0], hashes[1]);
    cr_assert_neq(hashes[0], hashes[2]);
}
