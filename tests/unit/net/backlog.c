/* SPDX-License-Identifier: MIT */
#include "runtime/net/backlog.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect(struct backlog *backlog, uint64_t now, const char *text) {
    struct backlog_message *message = backlog_take(backlog, now);
    cr_assert(message && message->length == strlen(text) && memcmp(message->bytes, text, message->length) == 0, "%s",
              text);
    free(message);
}

Test(backlog, an_empty_one_is_never_due) {
    struct backlog backlog = {0};
    cr_assert(backlog_first_due(&backlog) == UINT64_MAX && backlog_last_due(&backlog) == UINT64_MAX);
    cr_assert_null(backlog_take(&backlog, UINT64_MAX));
}

Test(backlog, each_message_is_due_at_its_own_time) {
    struct backlog backlog = {0};
    cr_assert(backlog_add(&backlog, SLICE("one"), 300) && backlog_add(&backlog, SLICE("two"), 100));
    cr_assert(backlog_add(&backlog, SLICE("three"), 200) && backlog.bytes == 11);
    cr_assert(backlog_first_due(&backlog) == 100 && backlog_last_due(&backlog) == 300);
    cr_assert_null(backlog_take(&backlog, 99));
    expect(&backlog, 200, "two");
    expect(&backlog, 200, "three");
    cr_assert_null(backlog_take(&backlog, 200));
    cr_assert(backlog_first_due(&backlog) == 300 && backlog.bytes == 3);
    cr_assert(backlog_add(&backlog, SLICE("four"), UINT64_MAX) && backlog_last_due(&backlog) == UINT64_MAX);
    expect(&backlog, UINT64_MAX, "one");
    expect(&backlog, UINT64_MAX, "four");
    cr_assert(!backlog.first && backlog.bytes == 0);
    cr_assert(backlog_add(&backlog, SLICE_EMPTY, 1));
    expect(&backlog, 1, "");
}

Test(backlog, one_is_taken_back_from_wherever_it_stands) {
    struct backlog backlog = {0};
    cr_assert(!backlog_withdraw(&backlog, SLICE("one")));
    cr_assert(backlog_add(&backlog, SLICE("one"), 300) && backlog_add(&backlog, SLICE("two"), 100));
    cr_assert(backlog_add(&backlog, SLICE("three"), 200) && backlog_add(&backlog, SLICE("four"), 400));
    cr_assert(!backlog_withdraw(&backlog, SLICE("fou")) && !backlog_withdraw(&backlog, SLICE("fours")));
    cr_assert(backlog_withdraw(&backlog, SLICE("two")) && !backlog_withdraw(&backlog, SLICE("two")));
    cr_assert(backlog.bytes == 12 && backlog_first_due(&backlog) == 200);
    cr_assert(backlog_withdraw(&backlog, SLICE("four")) && backlog_last_due(&backlog) == 300);
    cr_assert(backlog_add(&backlog, SLICE("five"), 500)); /* behind the last that is left */
    cr_assert(backlog_withdraw(&backlog, SLICE("one")));
    expect(&backlog, UINT64_MAX, "three");
    expect(&backlog, UINT64_MAX, "five");
    cr_assert(!backlog.first && backlog.bytes == 0);
}

Test(backlog, what_is_left_goes_with_it) {
    struct backlog backlog = {0};
    cr_assert(backlog_add(&backlog, SLICE("one"), 1) && backlog_add(&backlog, SLICE("two"), UINT64_MAX));
    backlog_free(&backlog);
    cr_assert(!backlog.first && backlog.bytes == 0);
}
