/* SPDX-License-Identifier: MIT */
#include "runtime/net/batch.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct store_row user(const char *name, const char *realm) {
    return (struct store_row){.kind = STORE_USER, .user = {.name = slice_of(name), .realm = slice_of(realm)}};
}

Test(batch, has_texts_of_its_own_however_many_rows_there_are) {
    struct batch *batch = batch_new();
    char name[16], realm[16];
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "u%u", i);
        snprintf(realm, sizeof realm, "r%u", i);
        struct store_row row = user(name, realm);
        cr_assert(batch_add(batch, &row));
    }
    cr_assert_eq(batch->count, 5000);
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "u%u", i);
        snprintf(realm, sizeof realm, "r%u", i);
        cr_assert(slice_equal(batch->rows[i].user.name, slice_of(name)));
        cr_assert(slice_equal(batch->rows[i].user.realm, slice_of(realm)));
    }
    cr_expect_gt(batch_size(batch), 5000 * sizeof(struct store_row));
    batch_free(batch);
    batch_free(NULL);
}

Test(batch, the_newest_row_of_each_key_is_what_is_left_of_many) {
    struct batch *first = batch_new(), *second = batch_new();
    struct store_row rows[] = {user("a", "1"), user("b", "1"), user("a", "2"), user("c", "1"), user("b", "2")};
    rows[4].gone = true;
    batch_add(first, &rows[0]);
    batch_add(first, &rows[1]);
    batch_add(first, &rows[2]);
    batch_add(second, &rows[3]);
    batch_add(second, &rows[4]);
    first->next = second;
    struct batch *newest = batch_newest(first);
    cr_assert_eq(newest->count, 3);
    cr_expect(slice_equal(newest->rows[0].user.realm, SLICE("2")));
    cr_expect(slice_equal(newest->rows[1].user.name, SLICE("b")));
    cr_expect(newest->rows[1].gone);
    cr_expect(slice_equal(newest->rows[2].user.name, SLICE("c")));
    cr_expect_eq(first->count, 3);
    batch_free(first);
    batch_free(second);
    cr_expect(slice_equal(newest->rows[0].user.name, SLICE("a")));
    batch_free(newest);
}

Test(batch, keeps_what_it_has_when_memory_runs_out) {
    struct batch *batch = NULL;
    static char long_text[20 * 1024]; /* more than a block of an arena */
    memset(long_text, 'a', sizeof long_text - 1);
    for (long left = 0; !batch && left < 10; left++) {
        allocations_left = left;
        batch = batch_new();
    }
    allocations_left = LONG_MAX;
    cr_assert(batch);
    struct store_row row = user("alice", "a"), big = user(long_text, "a");
    cr_assert(batch_add(batch, &row));
    allocations_left = 0;
    cr_expect_not(batch_add(batch, &big));
    for (unsigned i = 1; i < 16; i++)
        cr_assert(batch_add(batch, &row), "there is room for some");
    cr_expect_not(batch_add(batch, &row));
    cr_expect_eq(batch->count, 16);
    for (long left = 0; left < 3; left++) {
        allocations_left = left;
        cr_expect_null(batch_newest(batch));
    }
    allocations_left = LONG_MAX;
    struct batch *newest = batch_newest(batch);
    cr_assert(newest);
    cr_expect_eq(newest->count, 1);
    batch_free(newest);
    batch_free(batch);
}
