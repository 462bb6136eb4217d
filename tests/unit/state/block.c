/* SPDX-License-Identifier: MIT */
#include "runtime/state/block.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <errno.h>

enum { START = 50000, MOST = 8 };

static const struct hash_key key = {{7}};
static unsigned ended;
static struct ip_address last;

static void note_end(void *context, const struct ip_address *ip) {
    (void)context;
    ended++;
    last = *ip;
}

static const struct blocks_events events = {NULL, note_end};

static struct ip_address address(const char *text) {
    struct ip_address ip;
    cr_assert(ip_parse(&ip, slice_of(text)));
    return ip;
}

static int put(struct blocks *blocks, const char *text, uint64_t delay, uint64_t now) {
    const struct ip_address ip = address(text);
    return blocks_put(blocks, &ip, delay, now);
}

static bool has(const struct blocks *blocks, const char *text) {
    const struct ip_address ip = address(text);
    return blocks_has(blocks, &ip);
}

static bool last_was(const char *text) {
    const struct ip_address ip = address(text);
    return ip_equal(&ip, &last);
}

struct list {
    struct timers *timers;
    struct blocks *blocks;
};

static struct list list_open(unsigned most) {
    struct list list = {.timers = timers_new()};
    cr_assert_not_null(list.timers);
    list.blocks = blocks_new(&key, list.timers, most, &events);
    cr_assert_not_null(list.blocks);
    ended = 0;
    return list;
}

static void list_close(struct list *list) {
    blocks_free(list->blocks);
    cr_expect_eq(timers_due(list->timers), UINT64_MAX);
    timers_free(list->timers);
}

Test(block, an_address_is_on_the_list_until_its_time_is_over) {
    struct list list = list_open(MOST);
    cr_expect_not(has(list.blocks, "192.0.2.1"));
    cr_expect_eq(put(list.blocks, "192.0.2.1", 1000, START), 0);
    cr_expect_eq(put(list.blocks, "2001:db8::1", 500, START), 0);
    cr_expect(has(list.blocks, "192.0.2.1") && has(list.blocks, "2001:db8::1"));
    cr_expect_not(has(list.blocks, "192.0.2.2"));
    timers_run(list.timers, START + 499);
    cr_expect_eq(ended, 0);
    timers_run(list.timers, START + 500);
    cr_expect(ended == 1 && last_was("2001:db8::1") && !has(list.blocks, "2001:db8::1"));
    timers_run(list.timers, START + 1000);
    cr_expect(ended == 2 && blocks_count(list.blocks) == 0);
    list_close(&list);
}

Test(block, the_last_word_counts) {
    struct list list = list_open(MOST);
    put(list.blocks, "192.0.2.1", 1000, START);
    put(list.blocks, "192.0.2.1", 5000, START);
    timers_run(list.timers, START + 4999);
    cr_expect(has(list.blocks, "192.0.2.1"));
    put(list.blocks, "192.0.2.1", 10, START + 4999);
    timers_run(list.timers, START + 5009);
    cr_expect_not(has(list.blocks, "192.0.2.1"));
    put(list.blocks, "192.0.2.1", BLOCK_FOR_EVER, START + 6000);
    cr_expect_eq(timers_due(list.timers), UINT64_MAX);
    cr_expect_eq(blocks_count(list.blocks), 1);
    list_close(&list);
}

Test(block, longer_than_a_timer_can_be) {
    struct list list = list_open(MOST);
    const uint64_t delay = 3 * (uint64_t)UINT32_MAX + 5;
    put(list.blocks, "192.0.2.1", delay, START);
    for (uint64_t due; (due = timers_due(list.timers)) != UINT64_MAX;) {
        cr_expect(has(list.blocks, "192.0.2.1"));
        timers_run(list.timers, due);
        if (due < START + delay)
            cr_expect_eq(ended, 0);
    }
    cr_expect_eq(ended, 1);
    list_close(&list);
}

Test(block, who_is_taken_off_is_not_told_of) {
    struct list list = list_open(MOST);
    const struct ip_address ip = address("192.0.2.1");
    put(list.blocks, "192.0.2.1", 1000, START);
    cr_expect(blocks_remove(list.blocks, &ip));
    cr_expect_not(blocks_remove(list.blocks, &ip));
    timers_run(list.timers, START + 1000);
    cr_expect_eq(ended, 0);
    list_close(&list);
}

Test(block, a_full_list_lets_go_of_the_one_that_would_end_first) {
    struct list list = list_open(3);
    put(list.blocks, "192.0.2.1", 3000, START);
    put(list.blocks, "192.0.2.2", 1000, START);
    put(list.blocks, "192.0.2.3", 1000, START);
    cr_expect_eq(put(list.blocks, "192.0.2.4", 500, START), -ENOSPC, "this one would end before all others");
    cr_expect_eq(ended, 0);
    cr_expect_eq(put(list.blocks, "192.0.2.4", 1000, START), 0);
    cr_expect(ended == 1 && last_was("192.0.2.2"), "of equal ones the oldest");
    cr_expect_eq(put(list.blocks, "192.0.2.5", BLOCK_FOR_EVER, START), 0);
    cr_expect(ended == 2 && last_was("192.0.2.3"));
    cr_expect_eq(blocks_count(list.blocks), 3);
    list_close(&list);
    list = list_open(0);
    cr_expect_eq(put(list.blocks, "192.0.2.1", 1000, START), -ENOSPC);
    list_close(&list);
}

Test(block, without_memory_nothing_changes) {
    struct list list = list_open(2);
    for (long left = 0; left < 2; left++) {
        allocations_left = left;
        int error = put(list.blocks, "192.0.2.1", 1000, START);
        allocations_left = LONG_MAX;
        cr_expect_eq(error, -ENOMEM, "with %ld allocations", left);
        cr_expect_eq(blocks_count(list.blocks), 0);
    }
    put(list.blocks, "192.0.2.1", 1000, START);
    put(list.blocks, "192.0.2.2", 1000, START);
    allocations_left = 0;
    cr_expect_eq(put(list.blocks, "192.0.2.3", 1000, START), -ENOMEM);
    allocations_left = LONG_MAX;
    cr_expect(ended == 0 && blocks_count(list.blocks) == 2);
    list_close(&list);
}

/* Against an array. */
Test(block, whatever_is_put_and_removed_in_whatever_order) {
    enum { ADDRESSES = 64, STEPS = 200000 };
    static uint64_t due[ADDRESSES];
    struct list list = list_open(ADDRESSES);
    uint64_t state = 20261125, now = START;
    for (unsigned step = 0; step < STEPS; step++) {
        state = state * 6364136223846793005 + 1442695040888963407;
        unsigned drawn = (unsigned)(state >> 33), which = drawn % ADDRESSES;
        struct ip_address ip = {.family = 4, .bytes = {10, 0, 0, (uint8_t)which}};
        now += drawn >> 6 & 1;
        timers_run(list.timers, now);
        if ((drawn >> 7 & 7) == 0) {
            cr_assert_eq(blocks_remove(list.blocks, &ip), due[which] > now);
            due[which] = 0;
        } else {
            uint64_t delay = drawn >> 10 & 127 ? drawn >> 10 & 127 : BLOCK_FOR_EVER;
            cr_assert_eq(blocks_put(list.blocks, &ip, delay, now), 0);
            due[which] = delay == BLOCK_FOR_EVER ? delay : now + delay;
        }
        unsigned count = 0;
        for (unsigned i = 0; i < ADDRESSES; i++)
            count += due[i] > now;
        cr_assert_eq(blocks_count(list.blocks), count, "step %u", step);
        cr_assert_eq(blocks_has(list.blocks, &ip), due[which] > now);
    }
    list_close(&list);
}
