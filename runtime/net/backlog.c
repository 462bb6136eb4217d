/* SPDX-License-Identifier: MIT */
#include "runtime/net/backlog.h"

#include <stdlib.h>
#include <string.h>

bool backlog_add(struct backlog *backlog, struct slice message, uint64_t due) {
    struct backlog_message *added = malloc(sizeof *added + message.len);
    if (!added)
        return false;
    *added = (struct backlog_message){.due = due, .length = message.len};
    if (message.len)
        memcpy(added->bytes, message.at, message.len);
    if (!backlog->first)
        backlog->end = &backlog->first;
    *backlog->end = added;
    backlog->end = &added->next;
    backlog->bytes += message.len;
    return true;
}

uint64_t backlog_first_due(const struct backlog *backlog) {
    uint64_t due = UINT64_MAX;
    for (const struct backlog_message *message = backlog->first; message; message = message->next)
        if (message->due < due)
            due = message->due;
    return due;
}

uint64_t backlog_last_due(const struct backlog *backlog) {
    uint64_t due = backlog->first ? 0 : UINT64_MAX;
    for (const struct backlog_message *message = backlog->first; message; message = message->next)
        if (message->due > due)
            due = message->due;
    return due;
}

/* The one that `link` leads to, out of it; NULL: there is none. */
static struct backlog_message *take_out(struct backlog *backlog, struct backlog_message **link) {
    struct backlog_message *message = *link;
    if (!message)
        return NULL;
    *link = message->next;
    if (!*link)
        backlog->end = link;
    backlog->bytes -= message->length;
    return message;
}

struct backlog_message *backlog_take(struct backlog *backlog, uint64_t now) {
    struct backlog_message **link = &backlog->first;
    while (*link && (*link)->due > now)
        link = &(*link)->next;
    return take_out(backlog, link);
}

bool backlog_withdraw(struct backlog *backlog, struct slice message) {
    struct backlog_message **link = &backlog->first;
    while (*link && !slice_equal((struct slice){(*link)->bytes, (*link)->length}, message))
        link = &(*link)->next;
    struct backlog_message *found = take_out(backlog, link);
    free(found);
    return found != NULL;
}

void backlog_free(struct backlog *backlog) {
    for (struct backlog_message *message; (message = backlog_take(backlog, UINT64_MAX));)
        free(message);
}
