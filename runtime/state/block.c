/* SPDX-License-Identifier: MIT */
#include "runtime/state/block.h"

#include "runtime/sip/lookup.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

enum { ROOM_FIRST = 16 };

struct block {
    struct lookup_node node;
    uint64_t due;    /* monotonic ms; BLOCK_FOR_EVER */
    uint64_t number; /* of those due at the same time the oldest comes first */
    uint32_t place;  /* in the heap, from 1 */
    struct ip_address ip;
};

struct blocks {
    struct hash_key key;
    struct timers *timers;
    struct blocks_events events;
    struct lookup table;
    struct block **heap; /* heap[1] ends first */
    unsigned room, most; /* blocks that fit, and that may be there; count: table.count */
    uint64_t numbers;
    struct timer expiry; /* of heap[1], unless that one is for ever */
};

static uint64_t hash_of(const struct blocks *blocks, const struct ip_address *ip) {
    return hash_keyed(&blocks->key, ip->bytes, ip->family == 4 ? 4 : sizeof ip->bytes);
}

static struct block *block_of(struct lookup_node *node) {
    return (struct block *)(void *)((char *)node - offsetof(struct block, node));
}

static struct block *find(const struct blocks *blocks, const struct ip_address *ip) {
    struct lookup_node *node = lookup_first(&blocks->table, hash_of(blocks, ip));
    while (node && !ip_equal(&block_of(node)->ip, ip))
        node = lookup_next(node);
    return node ? block_of(node) : NULL;
}

/* The heap. */

static bool ends_before(const struct block *a, const struct block *b) {
    return a->due != b->due ? a->due < b->due : a->number < b->number;
}

static void place(struct blocks *blocks, uint32_t at, struct block *block) {
    blocks->heap[at] = block;
    block->place = at;
}

/* Moves a block that stands anywhere among `count` to where it belongs. */
static void sift(struct blocks *blocks, struct block *block, uint32_t count) {
    uint32_t at = block->place;
    for (; at > 1 && ends_before(block, blocks->heap[at / 2]); at /= 2)
        place(blocks, at, blocks->heap[at / 2]);
    for (uint32_t child; (child = 2 * at) <= count; at = child) {
        if (child < count && ends_before(blocks->heap[child + 1], blocks->heap[child]))
            child++;
        if (!ends_before(blocks->heap[child], block))
            break;
        place(blocks, at, blocks->heap[child]);
    }
    place(blocks, at, block);
}

static int make_room(struct blocks *blocks) {
    if (blocks->table.count < blocks->room)
        return 0;
    unsigned room = blocks->room ? 2 * blocks->room : ROOM_FIRST;
    struct block **heap = realloc(blocks->heap, (room + 1) * sizeof *heap);
    if (!heap)
        return -ENOMEM;
    blocks->heap = heap;
    blocks->room = room;
    return 0;
}

static void take_out(struct blocks *blocks, struct block *block) {
    uint32_t count = blocks->table.count - 1;
    struct block *last = blocks->heap[count + 1];
    lookup_remove(&blocks->table, &block->node);
    if (last != block) {
        place(blocks, block->place, last);
        sift(blocks, last, count);
    }
    free(block);
}

static void end(struct blocks *blocks, struct block *block) {
    const struct ip_address ip = block->ip;
    take_out(blocks, block);
    blocks->events.ended(blocks->events.context, &ip);
}

/* Time. */

static void expiry_fires(struct timer *timer, uint64_t now);

static void watch_first(struct blocks *blocks, uint64_t now) {
    const struct block *first = blocks->table.count ? blocks->heap[1] : NULL;
    if (!first || first->due == BLOCK_FOR_EVER) {
        timer_stop(blocks->timers, &blocks->expiry);
        return;
    }
    uint64_t left = first->due > now ? first->due - now : 0;
    uint32_t delay = left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
    if (!timer_running(&blocks->expiry) || blocks->expiry.due != now + delay)
        timer_set(blocks->timers, &blocks->expiry, now, delay, expiry_fires);
}

static void expiry_fires(struct timer *timer, uint64_t now) {
    struct blocks *blocks = (struct blocks *)(void *)((char *)timer - offsetof(struct blocks, expiry));
    while (blocks->table.count && blocks->heap[1]->due <= now)
        end(blocks, blocks->heap[1]);
    watch_first(blocks, now);
}

/* The list. */

struct blocks *blocks_new(const struct hash_key *key, struct timers *timers, unsigned most,
                          const struct blocks_events *events) {
    struct blocks *blocks = calloc(1, sizeof *blocks);
    if (!blocks || lookup_init(&blocks->table)) {
        free(blocks);
        return NULL;
    }
    blocks->key = *key;
    blocks->timers = timers;
    blocks->most = most;
    blocks->events = *events;
    return blocks;
}

static void free_block(struct lookup_node *node) {
    free(block_of(node));
}

void blocks_free(struct blocks *blocks) {
    if (!blocks)
        return;
    timer_stop(blocks->timers, &blocks->expiry);
    lookup_free(&blocks->table, free_block);
    free(blocks->heap);
    free(blocks);
}

static int add(struct blocks *blocks, const struct ip_address *ip, uint64_t due) {
    bool full = blocks->table.count >= blocks->most;
    if (full && (blocks->most == 0 || due < blocks->heap[1]->due))
        return -ENOSPC;
    struct block *block = make_room(blocks) == 0 ? calloc(1, sizeof *block) : NULL;
    if (!block)
        return -ENOMEM;
    if (full)
        end(blocks, blocks->heap[1]);
    block->ip = *ip;
    block->due = due;
    block->number = ++blocks->numbers;
    lookup_add(&blocks->table, &block->node, hash_of(blocks, ip));
    block->place = blocks->table.count;
    sift(blocks, block, blocks->table.count);
    return 0;
}

int blocks_put(struct blocks *blocks, const struct ip_address *ip, uint64_t delay, uint64_t now) {
    uint64_t due = delay < BLOCK_FOR_EVER - now ? now + delay : BLOCK_FOR_EVER;
    struct block *block = find(blocks, ip);
    int error = 0;
    if (block) {
        block->due = due;
        block->number = ++blocks->numbers;
        sift(blocks, block, blocks->table.count);
    } else {
        error = add(blocks, ip, due);
    }
    watch_first(blocks, now);
    return error;
}

bool blocks_remove(struct blocks *blocks, const struct ip_address *ip) {
    struct block *block = find(blocks, ip);
    if (!block)
        return false;
    take_out(blocks, block); /* a timer that runs for it finds nothing to do */
    return true;
}

bool blocks_has(const struct blocks *blocks, const struct ip_address *ip) {
    return blocks->table.count && find(blocks, ip);
}

unsigned blocks_count(const struct blocks *blocks) {
    return blocks->table.count;
}
