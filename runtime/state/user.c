/* SPDX-License-Identifier: MIT */
#include "runtime/state/user.h"

#include <errno.h>
#include <stdlib.h>

struct users {
    struct lookup by_name;
    struct hash_key key;
    bool lost; /* one could not be put */
};

struct users *users_new(const struct hash_key *key) {
    struct users *users = calloc(1, sizeof *users);
    if (!users || lookup_init(&users->by_name)) {
        free(users);
        return NULL;
    }
    users->key = *key;
    return users;
}

/* The node is a user's first member. */
static struct user *user_of(struct lookup_node *node) {
    return (struct user *)(void *)node;
}

static void end(struct lookup_node *node) {
    free(user_of(node));
}

void users_free(struct users *users) {
    if (users)
        lookup_free(&users->by_name, end);
    free(users);
}

static struct user *find(const struct users *users, struct slice name) {
    struct lookup_node *node = lookup_first(&users->by_name, hash_keyed(&users->key, name.at, name.len));
    while (node && !slice_equal(user_of(node)->name, name))
        node = lookup_next(node);
    return node ? user_of(node) : NULL;
}

static void read_ha1(struct user *user, enum digest_algorithm algorithm, struct slice text) {
    user->has[algorithm] = text.at && text.len == digests[algorithm].length;
    for (size_t i = 0; user->has[algorithm] && i < text.len; i++) {
        user->ha1[algorithm].digits[i] = byte_lower((unsigned char)text.at[i]);
        user->has[algorithm] = byte_is_hex((unsigned char)text.at[i]);
    }
}

int users_put(struct users *users, const struct store_user *row) {
    struct user *user = calloc(1, sizeof *user + row->name.len + row->realm.len + row->allow.len);
    if (!user) {
        users->lost = true;
        return -ENOMEM;
    }
    char *texts = (char *)(user + 1);
    user->name = slice_put(&texts, row->name);
    user->realm = slice_put(&texts, row->realm);
    user->allow = slice_put(&texts, row->allow);
    user->push = row->push;
    read_ha1(user, DIGEST_MD5, row->md5);
    read_ha1(user, DIGEST_SHA256, row->sha256);
    users_remove(users, row->name);
    lookup_add(&users->by_name, &user->node, hash_keyed(&users->key, user->name.at, user->name.len));
    return 0;
}

void users_remove(struct users *users, struct slice name) {
    struct user *user = find(users, name);
    if (!user)
        return;
    lookup_remove(&users->by_name, &user->node);
    free(user);
}

const struct user *users_find(const struct users *users, struct slice name) {
    return find(users, name);
}

unsigned users_count(const struct users *users) {
    return users->by_name.count;
}

bool users_exist(const struct users *users) {
    return users->by_name.count || users->lost;
}

bool user_may_be_all(const struct user *user) {
    return slice_equal(slice_trim(user->allow), SLICE("*"));
}

bool user_may_be(const struct user *user, struct slice name) {
    if (slice_equal(user->name, name) || user_may_be_all(user))
        return true;
    for (size_t at = 0; at < user->allow.len;) {
        size_t comma = slice_find(user->allow, at, ',');
        if (slice_equal(slice_trim(slice_cut(user->allow, at, comma)), name))
            return name.len > 0;
        at = comma + 1;
    }
    return false;
}
