/* SPDX-License-Identifier: MIT */
/* Who may register and call: the user table, in memory. Passwords are not in it, but their hashes (store.h). */
#ifndef FOV_RUNTIME_STATE_USER_H
#define FOV_RUNTIME_STATE_USER_H

#include "grammar/hash.h"
#include "runtime/sip/digest.h"
#include "runtime/sip/lookup.h"
#include "runtime/state/store.h"

struct users;

struct user { /* owned by its table, with its texts */
    struct lookup_node node;
    struct slice name, realm, allow;
    struct digest_text ha1[DIGEST_ALGORITHMS];
    bool has[DIGEST_ALGORITHMS]; /* an HA1 of this algorithm */
    bool push;
};

struct users *users_new(const struct hash_key *key); /* NULL: out of memory */
void users_free(struct users *users);

/* Adds a user, or replaces the one of this name. An HA1 that is none (length, digits) counts as not given. -ENOMEM:
 * nothing changed. */
int users_put(struct users *users, const struct store_user *row);
void users_remove(struct users *users, struct slice name); /* one that is not there, too */
/* NULL: none of this name. Names are compared byte for byte. Valid until the table changes. */
const struct user *users_find(const struct users *users, struct slice name);
unsigned users_count(const struct users *users);
/* Are there any? True as well when one could not be put for want of memory: who lets everybody in when there is nobody
 * to ask must not do so then. */
bool users_exist(const struct users *users);

/* May he register and call as `name`? As himself, and as whom his row allows. */
bool user_may_be(const struct user *user, struct slice name);
/* As anybody at all ("*")? */
bool user_may_be_all(const struct user *user);

#endif
