/* SPDX-License-Identifier: MIT */
/* Timers of the pure core: one FIFO for each duration in use, so that setting and cancelling are O(1); one clock, told
 * from outside. Times are milliseconds of a monotonic clock. */
#ifndef FOV_RUNTIME_SIP_TIMERS_H
#define FOV_RUNTIME_SIP_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

struct timers;
struct timer;
typedef void timer_fire(struct timer *timer, uint64_t now);

struct timer { /* embedded in its owner; zeroed = not running */
    struct timer *next, *previous;
    struct timer_queue *queue;
    uint64_t due;
    timer_fire *fire;
};

struct timers *timers_new(void); /* NULL: out of memory */
/* Timers that still run are forgotten, not fired: free their owners first. */
void timers_free(struct timers *timers);
/* (Re)starts: fires at now + delay (milliseconds, 0 too). Never fails: a duration without a queue of its own when
 * memory is out goes to a sorted one that is always there. */
void timer_set(struct timers *timers, struct timer *timer, uint64_t now, uint32_t delay, timer_fire *fire);
void timer_stop(struct timers *timers, struct timer *timer); /* one that does not run, too */
bool timer_running(const struct timer *timer);
/* When the next one is due; UINT64_MAX for none. */
uint64_t timers_due(const struct timers *timers);
/* Fires everything due at `now`, in order of due time, then of setting. A timer no longer runs when its `fire` is
 * called: that may set and stop any timer and free its owner; what it sets to fire at once fires in the same run. */
void timers_run(struct timers *timers, uint64_t now);

#endif
