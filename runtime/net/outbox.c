/* SPDX-License-Identifier: MIT */
#include "runtime/net/outbox.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAST = 2048,    /* bytes that are allocated at once */
    KEPT = 16 * 1024 /* of an empty one */
};

/* Room for more behind what is there: for a quarter of that, or it would all be moved again for every message to who
 * reads slowly. */
static bool make_room(struct outbox *outbox, size_t more) {
    size_t length = outbox->used - outbox->first, room = outbox->room ? outbox->room : LEAST;
    if (outbox->first)
        memmove(outbox->bytes, outbox->bytes + outbox->first, length);
    outbox->first = 0;
    outbox->used = length;
    while (room < length + length / 4 + more)
        room *= 2;
    char *grown = room > outbox->room ? realloc(outbox->bytes, room) : outbox->bytes;
    if (!grown)
        return false;
    outbox->bytes = grown;
    outbox->room = room;
    return true;
}

bool outbox_add(struct outbox *outbox, struct slice bytes) {
    if (outbox->room - outbox->used < bytes.len && !make_room(outbox, bytes.len))
        return false;
    if (bytes.len)
        memcpy(outbox->bytes + outbox->used, bytes.at, bytes.len);
    outbox->used += bytes.len;
    return true;
}

struct slice outbox_waiting(const struct outbox *outbox) {
    return (struct slice){outbox->bytes + outbox->first, outbox->used - outbox->first};
}

void outbox_left(struct outbox *outbox, size_t count) {
    outbox->first += count;
    if (outbox->first < outbox->used)
        return;
    outbox->first = outbox->used = 0;
    if (outbox->room > KEPT)
        outbox_free(outbox);
}

void outbox_free(struct outbox *outbox) {
    free(outbox->bytes);
    *outbox = (struct outbox){0};
}
