/* SPDX-License-Identifier: MIT */
#include "runtime/sip/timers.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct bell {
    struct timer timer;
    unsigned name;
};

static unsigned rung[4096], rings;
static uint64_t rung_at[4096];

static void ring(struct timer *timer, uint64_t now) {
    cr_assert(!timer_running(timer));
    rung[rings] = ((struct bell *)timer)->name;
    rung_at[rings++] = now;
}

static void assert_rung(unsigned count, const unsigned *names) {
    cr_assert_eq(rings, count);
    for (unsigned i = 0; i < count; i++)
        cr_assert_eq(rung[i], names[i], "ring %u was %u", i, rung[i]);
    rings = 0;
}

Test(timers, a_timer_fires_at_its_millisecond_and_once) {
    struct timers *timers = timers_new();
    struct bell bell = {.name = 7};
    cr_assert_eq(timers_due(timers), UINT64_MAX);
    timer_set(timers, &bell.timer, 1000, 500, ring);
    cr_assert(timer_running(&bell.timer));
    cr_assert_eq(timers_due(timers), 1500);
    timers_run(timers, 1499);
    assert_rung(0, NULL);
    timers_run(timers, 1500);
    cr_assert_eq(rung_at[0], 1500);
    assert_rung(1, (unsigned[]){7});
    timers_run(timers, UINT64_MAX);
    assert_rung(0, NULL);
    cr_assert_eq(timers_due(timers), UINT64_MAX);
    timers_free(timers);
}

Test(timers, they_fire_by_due_time_then_by_setting_and_see_the_time_of_the_run) {
    struct timers *timers = timers_new();
    struct bell bells[6];
    memset(bells, 0, sizeof bells);
    for (unsigned i = 0; i < 6; i++)
        bells[i].name = i;
    timer_set(timers, &bells[0].timer, 100, 500, ring); /* 600 */
    timer_set(timers, &bells[1].timer, 100, 200, ring); /* 300 */
    timer_set(timers, &bells[2].timer, 100, 500, ring); /* 600, set later */
    timer_set(timers, &bells[3].timer, 400, 200, ring); /* 600, set later still, in another queue */
    timer_set(timers, &bells[4].timer, 599, 1, ring);   /* 600, the last */
    timer_set(timers, &bells[5].timer, 599, 2, ring);   /* 601 */
    timers_run(timers, 600);
    cr_assert_eq(rung_at[0], 600); /* the one that was late, too */
    assert_rung(5, (unsigned[]){1, 0, 2, 3, 4});
    timers_run(timers, 601);
    assert_rung(1, (unsigned[]){5});
    timers_free(timers);
}

Test(timers, a_stopped_one_does_not_fire_and_a_restarted_one_fires_anew) {
    struct timers *timers = timers_new();
    struct bell a = {.name = 1}, b = {.name = 2}, c = {.name = 3};
    timer_stop(timers, &a.timer);
    timer_set(timers, &a.timer, 0, 10, ring);
    timer_set(timers, &b.timer, 0, 10, ring);
    timer_set(timers, &c.timer, 0, 10, ring);
    timer_stop(timers, &b.timer);
    timer_stop(timers, &b.timer);
    cr_assert(!timer_running(&b.timer));
    timer_set(timers, &a.timer, 5, 10, ring);
    cr_assert_eq(timers_due(timers), 10);
    timers_run(timers, 14);
    assert_rung(1, (unsigned[]){3});
    timers_run(timers, 15);
    assert_rung(1, (unsigned[]){1});
    timers_free(timers);
}

/* What a fire function may do. */

static struct timers *shared;
static struct bell neighbours[3];

static void silence_neighbours(struct timer *timer, uint64_t now) {
    ring(timer, now);
    timer_stop(shared, &neighbours[0].timer);
    timer_stop(shared, &neighbours[2].timer);
    timer_set(shared, timer, now, 7, ring);
}

static void ring_at_once(struct timer *timer, uint64_t now) {
    ring(timer, now);
    timer_set(shared, &neighbours[2].timer, now, 0, ring);
}

static void free_both(struct timer *timer, uint64_t now) {
    struct bell *pair = (struct bell *)timer;
    ring(timer, now);
    timer_stop(shared, &pair[1].timer);
    free(pair);
}

Test(timers, a_fire_function_may_stop_its_neighbours_and_set_itself) {
    shared = timers_new();
    for (unsigned i = 0; i < 3; i++)
        neighbours[i].name = i;
    timer_set(shared, &neighbours[1].timer, 0, 10, silence_neighbours);
    timer_set(shared, &neighbours[0].timer, 0, 10, ring);
    timer_set(shared, &neighbours[2].timer, 0, 10, ring);
    timers_run(shared, 10);
    assert_rung(1, (unsigned[]){1});
    cr_assert_eq(timers_due(shared), 17);
    timers_run(shared, 17);
    assert_rung(1, (unsigned[]){1});
    timers_free(shared);
}

Test(timers, what_is_set_to_fire_at_once_fires_in_the_same_run) {
    shared = timers_new();
    neighbours[1].name = 1;
    neighbours[2].name = 2;
    timer_set(shared, &neighbours[1].timer, 0, 10, ring_at_once);
    timers_run(shared, 10);
    assert_rung(2, (unsigned[]){1, 2});
    timers_free(shared);
}

Test(timers, a_fire_function_may_free_its_owner) {
    shared = timers_new();
    struct bell *pair = calloc(2, sizeof *pair);
    timer_set(shared, &pair[0].timer, 0, 10, free_both);
    timer_set(shared, &pair[1].timer, 0, 10, ring);
    timers_run(shared, 20);
    assert_rung(1, (unsigned[]){0});
    cr_assert_eq(timers_due(shared), UINT64_MAX);
    timers_free(shared);
}

/* Against the plainest model. */

enum { BELLS = 300 };

static uint64_t seed;

static unsigned draw(unsigned below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % below;
}

static struct model { uint64_t due, order; /* due 0: does not run */ } model[BELLS];

static void model_ring(uint64_t now) {
    for (;;) {
        int first = -1;
        for (int i = 0; i < BELLS; i++)
            if (model[i].due && model[i].due <= now &&
                (first < 0 || model[i].due < model[first].due ||
                 (model[i].due == model[first].due && model[i].order < model[first].order)))
                first = i;
        if (first < 0)
            break;
        cr_assert_lt(rings, 4096);
        model[first].due = 0;
        rung_at[rings++] = (uint64_t)first;
    }
}

static void assert_same_rings(struct timers *timers, uint64_t now) {
    unsigned expected[BELLS], count;
    rings = 0;
    model_ring(now);
    count = rings;
    for (unsigned i = 0; i < count; i++)
        expected[i] = (unsigned)rung_at[i];
    rings = 0;
    timers_run(timers, now);
    assert_rung(count, expected);
}

/* Delays: the few of a busy server, and any, so that queues come and go. */
static unsigned draw_delay(void) {
    static const unsigned usual[] = {0, 500, 1000, 2000, 4000, 5000, 10000, 32000};
    return draw(3) ? usual[draw(8)] : draw(3000);
}

Test(timers, any_mixture_fires_as_a_plain_list_would) {
    struct timers *timers = timers_new();
    static struct bell bells[BELLS];
    uint64_t now = 1, order = 0;
    seed = 20261122;
    for (unsigned step = 0; step < 60000; step++) {
        unsigned i = draw(BELLS), what = draw(10);
        bells[i].name = i;
        if (what < 6) {
            unsigned delay = draw_delay();
            timer_set(timers, &bells[i].timer, now, delay, ring);
            model[i] = (struct model){now + delay, order++};
        } else if (what < 9) {
            timer_stop(timers, &bells[i].timer);
            model[i].due = 0;
        } else {
            now += draw(400);
            assert_same_rings(timers, now);
        }
        cr_assert_eq(timer_running(&bells[i].timer), model[i].due != 0);
    }
    assert_same_rings(timers, now + 100000);
    cr_assert_eq(timers_due(timers), UINT64_MAX);
    timers_free(timers);
}

/* Memory. */

Test(timers, without_memory_timers_still_fire_when_they_are_due) {
    struct timers *timers = timers_new();
    static struct bell bells[40];
    timer_set(timers, &bells[0].timer, 0, 1000, ring); /* has a queue of its own */
    allocations_left = 0;
    for (unsigned i = 1; i < 40; i++) {
        bells[i].name = i;
        timer_set(timers, &bells[i].timer, 0, i * 37 % 40 * 100, ring); /* 37 and 40 have no common factor */
    }
    for (unsigned tick = 1; tick < 40; tick++) {
        rings = 0;
        timers_run(timers, tick * 100);
        cr_assert_eq(rings, tick == 10 ? 2 : 1); /* bell 0 is due at 1000 as well */
        cr_assert_eq(rung[rings - 1] * 37 % 40, tick);
    }
    timer_set(timers, &bells[1].timer, 4000, 123, ring);
    allocations_left = LONG_MAX;
    timer_set(timers, &bells[2].timer, 4000, 122, ring);
    rings = 0;
    timers_run(timers, 4123);
    assert_rung(2, (unsigned[]){2, 1});
    timers_free(timers);
}

Test(timers, no_memory_at_the_start_is_an_answer) {
    for (long left = 0; left < 2; left++) {
        allocations_left = left;
        struct timers *timers = timers_new();
        allocations_left = LONG_MAX;
        cr_assert_null(timers);
    }
    timers_free(NULL);
}
