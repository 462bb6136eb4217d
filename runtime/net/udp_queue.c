/* SPDX-License-Identifier: MIT */
#include "runtime/net/udp_queue.h"

#include <stdlib.h>
#include <string.h>

enum { EVERYDAY_BYTES = 1 << 20, EVERYDAY_COUNT = 1024 };

static bool grow_waiting(struct udp_queue *queue) {
    size_t room = queue->room ? queue->room * 2 : 64;
    struct udp_waiting *waiting = realloc(queue->waiting, room * sizeof *waiting);
    if (!waiting)
        return false;
    queue->waiting = waiting;
    queue->room = room;
    return true;
}

static bool grow_bytes(struct udp_queue *queue, size_t needed) {
    size_t size = queue->size ? queue->size : 64 * 1024;
    while (size < needed)
        size *= 2;
    char *bytes = realloc(queue->bytes, size);
    if (!bytes)
        return false;
    queue->bytes = bytes;
    queue->size = size;
    return true;
}

bool udp_queue_add(struct udp_queue *queue, const struct endpoint *local, const struct endpoint *remote,
                   struct slice bytes) {
    size_t needed = queue->used + bytes.len;
    if (needed > UDP_QUEUE_MAX || bytes.len == 0)
        return false;
    if (queue->count == queue->room && !grow_waiting(queue))
        return false;
    if (needed > queue->size && !grow_bytes(queue, needed))
        return false;
    memcpy(queue->bytes + queue->used, bytes.at, bytes.len);
    queue->waiting[queue->count++] =
        (struct udp_waiting){.local = *local, .remote = *remote, .offset = queue->used, .length = bytes.len};
    queue->used = needed;
    return true;
}

struct slice udp_queue_bytes(const struct udp_queue *queue, const struct udp_waiting *waiting) {
    return (struct slice){queue->bytes + waiting->offset, waiting->length};
}

void udp_queue_reset(struct udp_queue *queue) {
    if (queue->size > EVERYDAY_BYTES || queue->room > EVERYDAY_COUNT)
        udp_queue_free(queue);
    queue->next = queue->count = queue->used = 0;
}

void udp_queue_free(struct udp_queue *queue) {
    free(queue->waiting);
    free(queue->bytes);
    *queue = (struct udp_queue){0};
}
