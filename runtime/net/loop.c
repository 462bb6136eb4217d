/* SPDX-License-Identifier: MIT */
#include "runtime/net/loop.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <time.h>

struct loop_watch {
    union {
        ev_io io;
        ev_signal signal;
    } ev;
    bool is_signal;
    struct loop *loop;
    loop_event *event;
    void *context;
    struct loop_watch *next, *previous;
};

struct loop {
    struct ev_loop *ev;
    struct loop_watch *watches;
    ev_timer timer;
    loop_event *time_event;
    void *time_context;
    uint64_t due;
};

static uint64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t loop_now(void) {
    return clock_ns(CLOCK_MONOTONIC) / 1000000u;
}

int64_t loop_unix(void) {
    return (int64_t)(clock_ns(CLOCK_REALTIME) / 1000000u);
}

static void on_io(struct ev_loop *ev, ev_io *io, int happened) {
    struct loop_watch *watch = io->data;
    (void)ev;
    (void)happened;
    watch->event(watch->context);
}

static void on_signal(struct ev_loop *ev, ev_signal *signal, int happened) {
    struct loop_watch *watch = signal->data;
    (void)ev;
    (void)happened;
    watch->event(watch->context);
}

/* Waiting runs on libev's clock, `due` is on ours: what fired a moment early waits for the rest. */
static void on_time(struct ev_loop *ev, ev_timer *timer, int happened) {
    struct loop *loop = timer->data;
    uint64_t due = loop->due;
    (void)ev;
    (void)happened;
    loop->due = UINT64_MAX;
    if (loop_now() < due)
        loop_due(loop, due);
    else
        loop->time_event(loop->time_context);
}

struct loop *loop_new(void) {
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return NULL;
    loop->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
    if (!loop->ev) {
        free(loop);
        return NULL;
    }
    loop->due = UINT64_MAX;
    ev_timer_init(&loop->timer, on_time, 0., 0.);
    loop->timer.data = loop;
    return loop;
}

void loop_free(struct loop *loop) {
    if (!loop)
        return;
    while (loop->watches)
        loop_forget(loop->watches);
    ev_timer_stop(loop->ev, &loop->timer);
    ev_loop_destroy(loop->ev);
    free(loop);
}

static struct loop_watch *add(struct loop *loop, loop_event *event, void *context) {
    struct loop_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return NULL;
    *watch = (struct loop_watch){.loop = loop, .event = event, .context = context, .next = loop->watches};
    if (watch->next)
        watch->next->previous = watch;
    loop->watches = watch;
    return watch;
}

static struct loop_watch *add_io(struct loop *loop, int fd, int wanted, loop_event *event, void *context) {
    struct loop_watch *watch = add(loop, event, context);
    if (!watch)
        return NULL;
    ev_io_init(&watch->ev.io, on_io, fd, wanted);
    watch->ev.io.data = watch;
    return watch;
}

struct loop_watch *loop_read(struct loop *loop, int fd, loop_event *event, void *context) {
    struct loop_watch *watch = add_io(loop, fd, EV_READ, event, context);
    if (watch)
        loop_wake(watch);
    return watch;
}

struct loop_watch *loop_write(struct loop *loop, int fd, loop_event *event, void *context) {
    return add_io(loop, fd, EV_WRITE, event, context);
}

void loop_wake(struct loop_watch *watch) {
    ev_io_start(watch->loop->ev, &watch->ev.io);
}

void loop_sleep(struct loop_watch *watch) {
    ev_io_stop(watch->loop->ev, &watch->ev.io);
}

void loop_forget(struct loop_watch *watch) {
    if (!watch)
        return;
    if (watch->is_signal)
        ev_signal_stop(watch->loop->ev, &watch->ev.signal);
    else
        ev_io_stop(watch->loop->ev, &watch->ev.io);
    *(watch->previous ? &watch->previous->next : &watch->loop->watches) = watch->next;
    if (watch->next)
        watch->next->previous = watch->previous;
    free(watch);
}

int loop_signal(struct loop *loop, int number, loop_event *event, void *context) {
    struct loop_watch *watch = add(loop, event, context);
    if (!watch)
        return -ENOMEM;
    watch->is_signal = true;
    ev_signal_init(&watch->ev.signal, on_signal, number);
    watch->ev.signal.data = watch;
    ev_signal_start(loop->ev, &watch->ev.signal);
    return 0;
}

void loop_time(struct loop *loop, loop_event *event, void *context) {
    loop->time_event = event;
    loop->time_context = context;
}

void loop_due(struct loop *loop, uint64_t due) {
    if (due == loop->due)
        return;
    ev_timer_stop(loop->ev, &loop->timer);
    loop->due = due;
    if (due == UINT64_MAX)
        return;
    double now = (double)clock_ns(CLOCK_MONOTONIC) / 1e6, wait = (double)due - now;
    ev_now_update(loop->ev); /* libev counts from its own idea of now, taken before the callbacks ran */
    ev_timer_set(&loop->timer, wait > 0 ? wait / 1e3 : 0., 0.);
    ev_timer_start(loop->ev, &loop->timer);
}

void loop_run(struct loop *loop) {
    ev_run(loop->ev, 0);
}

void loop_stop(struct loop *loop) {
    ev_break(loop->ev, EVBREAK_ALL);
}
