/* SPDX-License-Identifier: MIT */
/* Bytes that wait to leave, in order, in memory that grows with them and goes when they have left. */
#ifndef FOV_RUNTIME_NET_OUTBOX_H
#define FOV_RUNTIME_NET_OUTBOX_H

#include "grammar/slice.h"

struct outbox { /* zeroed: empty */
    char *bytes;
    size_t first, used, room; /* what waits stands from `first` up to `used` */
};

/* False: out of memory; then nothing has changed. */
bool outbox_add(struct outbox *outbox, struct slice bytes);
/* All that waits; valid until the next change. */
struct slice outbox_waiting(const struct outbox *outbox);
/* So many of them have left. */
void outbox_left(struct outbox *outbox, size_t count);
void outbox_free(struct outbox *outbox);

#endif
