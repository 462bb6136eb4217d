/* SPDX-License-Identifier: MIT */
#include "runtime/net/loop.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

struct state {
    struct loop *loop;
    struct loop_watch *watch;
    uint64_t due, fired;
    unsigned events;
    int ends[2];
};

static void on_time(void *context) {
    struct state *state = context;
    state->fired = loop_now();
    cr_expect_geq(state->fired, state->due, "never early");
    if (++state->events == 20) {
        loop_stop(state->loop);
        return;
    }
    state->due = loop_now() + state->events;
    loop_due(state->loop, state->due);
}

Test(loop, never_wakes_before_the_time_it_was_told, .timeout = 20) {
    struct state state = {.loop = loop_new()};
    loop_time(state.loop, on_time, &state);
    state.due = loop_now() + 30;
    loop_due(state.loop, UINT64_MAX);
    loop_due(state.loop, loop_now() + 100000);
    loop_due(state.loop, state.due);
    loop_run(state.loop);
    cr_expect_eq(state.events, 20);
    loop_free(state.loop);
}

static void on_signal(void *context) {
    struct state *state = context;
    state->events++;
    loop_stop(state->loop);
}

Test(loop, tells_signals, .timeout = 20) {
    struct state state = {.loop = loop_new()};
    cr_assert_eq(loop_signal(state.loop, SIGTERM, on_signal, &state), 0);
    raise(SIGTERM);
    loop_run(state.loop);
    cr_expect_eq(state.events, 1);
    loop_free(state.loop);
}

static void on_readable(void *context) {
    struct state *state = context;
    char byte;
    cr_assert_eq(read(state->ends[0], &byte, 1), 1);
    loop_stop(state->loop);
}

static void on_writable(void *context) {
    struct state *state = context;
    state->events++;
    loop_sleep(state->watch);
    cr_assert_eq(write(state->ends[1], "x", 1), 1);
}

Test(loop, watches_for_room_only_while_awake, .timeout = 20) {
    struct state state = {.loop = loop_new()};
    cr_assert_eq(pipe(state.ends), 0);
    cr_assert(loop_read(state.loop, state.ends[0], on_readable, &state));
    state.watch = loop_write(state.loop, state.ends[1], on_writable, &state);
    cr_assert(state.watch);
    loop_wake(state.watch);
    loop_run(state.loop);
    cr_expect_eq(state.events, 1);
    loop_free(state.loop);
}

static void forget_all(void *context) {
    struct state *state = context;
    state->events++;
    loop_forget(state->watch);
    close(state->ends[0]);
    loop_stop(state->loop);
}

/* Also in the middle of its own event, and when another one of the same turn is of the same descriptor. */
Test(loop, forgets_what_is_watched_no_more, .timeout = 20) {
    struct state state = {.loop = loop_new()};
    cr_assert_eq(pipe(state.ends), 0);
    for (unsigned i = 0; i < 3; i++)
        loop_forget(loop_read(state.loop, state.ends[0], forget_all, &state));
    loop_forget(NULL);
    state.watch = loop_read(state.loop, state.ends[0], forget_all, &state);
    cr_assert_eq(write(state.ends[1], "x", 1), 1);
    loop_run(state.loop);
    cr_expect_eq(state.events, 1);
    loop_free(state.loop);
}
