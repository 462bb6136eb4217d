/* SPDX-License-Identifier: MIT */
/* Aliases of entities (numbers of users, mostly), in groups; the group that nobody named is the empty one. */
#ifndef FOV_RUNTIME_STATE_ALIAS_H
#define FOV_RUNTIME_STATE_ALIAS_H

#include "grammar/hash.h"
#include "runtime/state/store.h"

struct aliases;

struct aliases *aliases_new(const struct hash_key *key); /* NULL: out of memory */
void aliases_free(struct aliases *aliases);

/* An alias of a group has one entity: the newest. -ENOMEM: nothing changed. */
int aliases_put(struct aliases *aliases, const struct store_alias *row);
void aliases_remove(struct aliases *aliases, struct slice group, struct slice alias); /* one that is not there, too */

/* Texts are compared byte for byte, and are valid until the table changes; null: none. */
struct slice alias_entity(const struct aliases *aliases, struct slice group, struct slice alias);
/* Of several aliases the one that was put first. */
struct slice alias_of(const struct aliases *aliases, struct slice group, struct slice entity);

#endif
