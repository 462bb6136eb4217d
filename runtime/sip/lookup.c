/* SPDX-License-Identifier: MIT */
#include "runtime/sip/lookup.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

enum { ROOM_FIRST = 16 };

static struct lookup_node **bucket_at(const struct lookup *lookup, uint32_t bucket) {
    return &lookup->segments[bucket / LOOKUP_SEGMENT][bucket % LOOKUP_SEGMENT];
}

/* Buckets from `base` up exist only as far as they were split off their counterparts below. */
static struct lookup_node **bucket_for(const struct lookup *lookup, uint64_t hash) {
    uint32_t bucket = (uint32_t)hash & (2 * lookup->base - 1);
    return bucket_at(lookup, bucket < lookup->buckets ? bucket : bucket - lookup->base);
}

int lookup_init(struct lookup *lookup) {
    *lookup = (struct lookup){.room = ROOM_FIRST, .buckets = LOOKUP_SEGMENT, .base = LOOKUP_SEGMENT};
    lookup->segments = malloc(ROOM_FIRST * sizeof *lookup->segments);
    if (!lookup->segments)
        return -ENOMEM;
    lookup->segments[0] = calloc(LOOKUP_SEGMENT, sizeof **lookup->segments);
    if (!lookup->segments[0]) {
        free(lookup->segments);
        lookup->segments = NULL;
        return -ENOMEM;
    }
    return 0;
}

void lookup_free(struct lookup *lookup, void (*end)(struct lookup_node *node)) {
    if (!lookup->segments)
        return;
    for (uint32_t bucket = 0; end && bucket < lookup->buckets; bucket++)
        for (struct lookup_node *node = *bucket_at(lookup, bucket), *next; node; node = next) {
            next = node->next;
            end(node);
        }
    for (uint32_t segment = 0; segment <= (lookup->buckets - 1) / LOOKUP_SEGMENT; segment++)
        free(lookup->segments[segment]);
    free(lookup->segments);
    *lookup = (struct lookup){0};
}

static void push(struct lookup_node **bucket, struct lookup_node *node) {
    node->next = *bucket;
    node->link = bucket;
    if (node->next)
        node->next->link = &node->next;
    *bucket = node;
}

static void unlink_node(struct lookup_node *node) {
    *node->link = node->next;
    if (node->next)
        node->next->link = node->link;
}

/* 0, -ENOMEM */
static int add_segment(struct lookup *lookup) {
    uint32_t segment = lookup->buckets / LOOKUP_SEGMENT;
    if (segment == lookup->room) {
        struct lookup_node ***segments = realloc(lookup->segments, 2 * (size_t)lookup->room * sizeof *segments);
        if (!segments)
            return -ENOMEM;
        lookup->segments = segments;
        lookup->room *= 2;
    }
    lookup->segments[segment] = calloc(LOOKUP_SEGMENT, sizeof **lookup->segments);
    return lookup->segments[segment] ? 0 : -ENOMEM;
}

/* One more bucket takes its nodes from its counterpart. */
static void split(struct lookup *lookup) {
    if (lookup->buckets == UINT32_C(1) << 30)
        return;
    if (lookup->buckets % LOOKUP_SEGMENT == 0 && add_segment(lookup) != 0)
        return;
    uint32_t bucket = lookup->buckets++;
    struct lookup_node *node = *bucket_at(lookup, bucket - lookup->base);
    for (struct lookup_node *next; node; node = next) {
        next = node->next;
        if (((uint32_t)node->hash & (2 * lookup->base - 1)) != bucket)
            continue;
        unlink_node(node);
        push(bucket_at(lookup, bucket), node);
    }
    if (lookup->buckets == 2 * lookup->base)
        lookup->base *= 2;
}

void lookup_add(struct lookup *lookup, struct lookup_node *node, uint64_t hash) {
    if (++lookup->count > lookup->buckets)
        split(lookup);
    node->hash = hash;
    push(bucket_for(lookup, hash), node);
}

void lookup_remove(struct lookup *lookup, struct lookup_node *node) {
    if (!node->link)
        return;
    unlink_node(node);
    node->next = NULL;
    node->link = NULL;
    lookup->count--;
}

static struct lookup_node *with_hash(struct lookup_node *node, uint64_t hash) {
    while (node && node->hash != hash)
        node = node->next;
    return node;
}

struct lookup_node *lookup_first(const struct lookup *lookup, uint64_t hash) {
    return with_hash(*bucket_for(lookup, hash), hash);
}

struct lookup_node *lookup_next(const struct lookup_node *node) {
    return with_hash(node->next, node->hash);
}
