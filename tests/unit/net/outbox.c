/* SPDX-License-Identifier: MIT */
#include "runtime/net/outbox.h"

#include <criterion/criterion.h>
#include <string.h>

/* Bytes of a sequence are added and leave in pieces of many lengths. */
Test(outbox, what_is_added_leaves_in_order) {
    struct outbox outbox = {0};
    char piece[700];
    size_t added = 0, left = 0;
    for (unsigned round = 0; round < 2000; round++) {
        size_t more = round * 37 % sizeof piece;
        for (size_t i = 0; i < more; i++)
            piece[i] = (char)((added + i) % 251);
        cr_assert(outbox_add(&outbox, (struct slice){piece, more}));
        added += more;
        struct slice waiting = outbox_waiting(&outbox);
        cr_assert_eq(waiting.len, added - left);
        size_t leaving = round % 100 == 99 ? waiting.len : round * 31 % (waiting.len + 1) / 2;
        for (size_t i = 0; i < leaving; i++)
            cr_assert_eq(waiting.at[i], (char)((left + i) % 251));
        outbox_left(&outbox, leaving);
        left += leaving;
    }
    outbox_free(&outbox);
    cr_assert_eq(outbox_waiting(&outbox).len, 0);
}

Test(outbox, an_empty_one_keeps_little_memory) {
    static char text[100000];
    struct outbox outbox = {0};
    cr_assert(outbox_add(&outbox, (struct slice){text, sizeof text}));
    outbox_left(&outbox, sizeof text);
    cr_assert_eq(outbox.room, 0);
    cr_assert(outbox_add(&outbox, (struct slice){text, 10}));
    outbox_left(&outbox, 10);
    cr_assert_gt(outbox.room, 0);
    outbox_free(&outbox);
}

Test(outbox, what_waits_for_who_reads_slowly_is_not_moved_for_every_message) {
    enum { WAITING = 1040000, PIECE = 500, ROUNDS = 4000 };
    static char text[WAITING];
    struct outbox outbox = {0};
    size_t moved = 0;
    cr_assert(outbox_add(&outbox, (struct slice){text, WAITING}));
    for (unsigned round = 0; round < ROUNDS; round++) {
        outbox_left(&outbox, PIECE);
        cr_assert(outbox_add(&outbox, (struct slice){text, PIECE}));
        moved += outbox.first == 0 ? WAITING : 0;
    }
    cr_assert_leq(moved, 4 * ROUNDS * PIECE);
    outbox_free(&outbox);
}
