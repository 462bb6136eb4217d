/* SPDX-License-Identifier: MIT */
/* Messages for a connection that is still being opened, in order. Each waits no longer than its sender does, who may
 * have less time for that than others have who want the same connection. */
#ifndef FOV_RUNTIME_NET_BACKLOG_H
#define FOV_RUNTIME_NET_BACKLOG_H

#include "grammar/slice.h"

#include <stdint.h>

struct backlog_message { /* freed with free() by who takes it */
    struct backlog_message *next;
    uint64_t due; /* ms of the loop; UINT64_MAX: it waits as long as the connection is opened */
    size_t length;
    char bytes[];
};

struct backlog { /* zeroed: empty */
    struct backlog_message *first, **end;
    size_t bytes; /* of all of them */
};

/* Copied. False: out of memory; then nothing has changed. */
bool backlog_add(struct backlog *backlog, struct slice message, uint64_t due);
/* When the first of them is due, and when the last one; UINT64_MAX: never. */
uint64_t backlog_first_due(const struct backlog *backlog);
uint64_t backlog_last_due(const struct backlog *backlog);
/* Takes out the oldest one that is due at `now`; UINT64_MAX: any. NULL: there is none. */
struct backlog_message *backlog_take(struct backlog *backlog, uint64_t now);
/* Takes back the one of these bytes, freed. False: there is none. */
bool backlog_withdraw(struct backlog *backlog, struct slice message);
void backlog_free(struct backlog *backlog);

#endif
