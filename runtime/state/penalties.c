/* SPDX-License-Identifier: MIT */
#include "runtime/state/penalties.h"

#include "runtime/sip/lookup.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct penalty {
    struct lookup_node node;
    struct penalty *older, *newer;
    struct endpoint place;
    uint64_t until;
};

struct penalties {
    struct hash_key key;
    struct lookup places;
    struct penalty *oldest, *newest;
    unsigned count;
};

static struct penalty *of_node(struct lookup_node *node) {
    return (struct penalty *)(void *)((char *)node - offsetof(struct penalty, node));
}

static uint64_t hash_of(const struct penalties *penalties, const struct endpoint *place) {
    uint8_t bytes[sizeof place->ip.bytes + 4];
    memcpy(bytes, place->ip.bytes, sizeof place->ip.bytes);
    bytes[sizeof place->ip.bytes] = place->ip.family;
    bytes[sizeof place->ip.bytes + 1] = place->transport;
    bytes[sizeof place->ip.bytes + 2] = (uint8_t)(place->port >> 8);
    bytes[sizeof place->ip.bytes + 3] = (uint8_t)place->port;
    return hash_keyed(&penalties->key, bytes, sizeof bytes);
}

static struct penalty *find(const struct penalties *penalties, const struct endpoint *place) {
    if (penalties->count == 0)
        return NULL;
    struct lookup_node *node = lookup_first(&penalties->places, hash_of(penalties, place));
    while (node && !endpoint_equal(&of_node(node)->place, place))
        node = lookup_next(node);
    return node ? of_node(node) : NULL;
}

static void forget(struct penalties *penalties, struct penalty *penalty) {
    lookup_remove(&penalties->places, &penalty->node);
    *(penalty->older ? &penalty->older->newer : &penalties->oldest) = penalty->newer;
    *(penalty->newer ? &penalty->newer->older : &penalties->newest) = penalty->older;
    penalties->count--;
    free(penalty);
}

struct penalties *penalties_new(const struct hash_key *key) {
    struct penalties *penalties = calloc(1, sizeof *penalties);
    if (penalties && lookup_init(&penalties->places) == 0) {
        penalties->key = *key;
        return penalties;
    }
    free(penalties);
    return NULL;
}

void penalties_free(struct penalties *penalties) {
    if (!penalties)
        return;
    while (penalties->oldest)
        forget(penalties, penalties->oldest);
    lookup_free(&penalties->places, NULL);
    free(penalties);
}

void penalties_add(struct penalties *penalties, const struct endpoint *place, uint32_t ms, uint64_t now) {
    struct penalty *before = find(penalties, place), *penalty = calloc(1, sizeof *penalty);
    if (!penalty)
        return;
    penalty->place = *place;
    penalty->until = before && before->until > now + ms ? before->until : now + ms;
    if (before)
        forget(penalties, before);
    else if (penalties->count == PENALTIES_MAX)
        forget(penalties, penalties->oldest);
    penalty->older = penalties->newest;
    *(penalty->older ? &penalty->older->newer : &penalties->oldest) = penalty;
    penalties->newest = penalty;
    penalties->count++;
    lookup_add(&penalties->places, &penalty->node, hash_of(penalties, place));
}

bool penalties_has(const struct penalties *penalties, const struct endpoint *place, uint64_t now) {
    const struct penalty *penalty = find(penalties, place);
    return penalty && now < penalty->until;
}

void penalties_remove(struct penalties *penalties, const struct endpoint *place) {
    struct penalty *penalty = find(penalties, place);
    if (penalty)
        forget(penalties, penalty);
}
