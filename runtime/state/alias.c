/* SPDX-License-Identifier: MIT */
#include "runtime/state/alias.h"

#include "runtime/sip/lookup.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* The aliases of one entity are a ring, in the order in which they came; the first of them stands for all in
 * `by_entity`. */
struct entry {
    struct lookup_node alias_node, entity_node;
    struct entry *next, *previous;
    struct slice group, alias, entity;
};

struct aliases {
    struct lookup by_alias, by_entity;
    struct hash_key key;
};

#define ENTRY(MEMBER, NODE) ((struct entry *)(void *)((char *)(NODE)-offsetof(struct entry, MEMBER)))

struct aliases *aliases_new(const struct hash_key *key) {
    struct aliases *aliases = calloc(1, sizeof *aliases);
    if (!aliases || lookup_init(&aliases->by_alias) || lookup_init(&aliases->by_entity)) {
        aliases_free(aliases);
        return NULL;
    }
    aliases->key = *key;
    return aliases;
}

static void end(struct lookup_node *node) {
    free(ENTRY(alias_node, node));
}

void aliases_free(struct aliases *aliases) {
    if (!aliases)
        return;
    lookup_free(&aliases->by_entity, NULL);
    lookup_free(&aliases->by_alias, end);
    free(aliases);
}

static uint64_t hash_pair(const struct aliases *aliases, struct slice group, struct slice name) {
    const uint64_t pair[2] = {hash_keyed(&aliases->key, group.at, group.len),
                              hash_keyed(&aliases->key, name.at, name.len)};
    return hash_keyed(&aliases->key, pair, sizeof pair);
}

static struct entry *find_alias(const struct aliases *aliases, struct slice group, struct slice alias) {
    struct lookup_node *node = lookup_first(&aliases->by_alias, hash_pair(aliases, group, alias));
    for (; node; node = lookup_next(node)) {
        struct entry *entry = ENTRY(alias_node, node);
        if (slice_equal(entry->group, group) && slice_equal(entry->alias, alias))
            return entry;
    }
    return NULL;
}

static struct entry *find_entity(const struct aliases *aliases, struct slice group, struct slice entity) {
    struct lookup_node *node = lookup_first(&aliases->by_entity, hash_pair(aliases, group, entity));
    for (; node; node = lookup_next(node)) {
        struct entry *entry = ENTRY(entity_node, node);
        if (slice_equal(entry->group, group) && slice_equal(entry->entity, entity))
            return entry;
    }
    return NULL;
}

static void add(struct aliases *aliases, struct entry *entry) {
    struct entry *first = find_entity(aliases, entry->group, entry->entity);
    entry->next = first ? first : entry;
    entry->previous = first ? first->previous : entry;
    entry->next->previous = entry->previous->next = entry;
    if (!first)
        lookup_add(&aliases->by_entity, &entry->entity_node, hash_pair(aliases, entry->group, entry->entity));
    lookup_add(&aliases->by_alias, &entry->alias_node, hash_pair(aliases, entry->group, entry->alias));
}

int aliases_put(struct aliases *aliases, const struct store_alias *row) {
    struct entry *entry = calloc(1, sizeof *entry + row->group.len + row->alias.len + row->entity.len);
    if (!entry)
        return -ENOMEM;
    char *texts = (char *)(entry + 1);
    entry->group = slice_put(&texts, row->group);
    entry->alias = slice_put(&texts, row->alias);
    entry->entity = slice_put(&texts, row->entity);
    aliases_remove(aliases, row->group, row->alias);
    add(aliases, entry);
    return 0;
}

void aliases_remove(struct aliases *aliases, struct slice group, struct slice alias) {
    struct entry *entry = find_alias(aliases, group, alias);
    if (!entry)
        return;
    bool stands_for_all = entry->entity_node.link != NULL;
    lookup_remove(&aliases->by_alias, &entry->alias_node);
    lookup_remove(&aliases->by_entity, &entry->entity_node);
    if (stands_for_all && entry->next != entry)
        lookup_add(&aliases->by_entity, &entry->next->entity_node, hash_pair(aliases, entry->group, entry->entity));
    entry->next->previous = entry->previous;
    entry->previous->next = entry->next;
    free(entry);
}

struct slice alias_entity(const struct aliases *aliases, struct slice group, struct slice alias) {
    const struct entry *entry = find_alias(aliases, group, alias);
    return entry ? entry->entity : SLICE_NULL;
}

struct slice alias_of(const struct aliases *aliases, struct slice group, struct slice entity) {
    const struct entry *entry = find_entity(aliases, group, entity);
    return entry ? entry->alias : SLICE_NULL;
}
