/* SPDX-License-Identifier: MIT */
/* The event loop: waits for sockets, signals and one time, and calls back. loop.c is the only file
 * that knows libev. It is not a clock service: the two clocks stand here because a wait and the
 * times told to the proxy must agree. */
#ifndef FOV_RUNTIME_NET_LOOP_H
#define FOV_RUNTIME_NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch;
typedef void loop_event(void *context);

struct loop *loop_new(void);       /* NULL: out of memory or descriptors */
void loop_free(struct loop *loop); /* with everything that is watched */

/* Whenever `fd` can be read (an error queued on it counts); NULL: out of memory. The loop's own. */
struct loop_watch *loop_read(struct loop *loop, int fd, loop_event *event, void *context);
/* Made asleep; loop_wake() makes it wait for room to write in `fd`, until loop_sleep(). */
struct loop_watch *loop_write(struct loop *loop, int fd, loop_event *event, void *context);
void loop_wake(struct loop_watch *watch);
void loop_sleep(struct loop_watch *watch);
void loop_forget(struct loop_watch *watch); /* before its descriptor is closed; NULL, too */
/* -ENOMEM. `number`: SIGTERM ... */
int loop_signal(struct loop *loop, int number, loop_event *event, void *context);

/* The one time to wait for: `event` is called at or after `due` (monotonic ms), within a
 * millisecond on an idle machine. UINT64_MAX: none. */
void loop_time(struct loop *loop, loop_event *event, void *context);
void loop_due(struct loop *loop, uint64_t due);

void loop_run(struct loop *loop); /* until loop_stop() */
void loop_stop(struct loop *loop);

uint64_t loop_now(void); /* monotonic ms */
int64_t loop_unix(void); /* wall clock, ms since 1970 */

#endif
