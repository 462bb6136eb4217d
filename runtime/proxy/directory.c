/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/directory.h"

#include "runtime/state/alias.h"
#include "runtime/state/nonce.h"
#include "runtime/state/user.h"

#include <errno.h>

int directory_open(struct proxy *proxy) {
    proxy->users = users_new(&proxy->seed.tables);
    proxy->aliases = aliases_new(&proxy->seed.tables);
    proxy->nonces = nonces_new(&proxy->seed.numbers, proxy->settings->realm, NONCES_USED);
    return proxy->users && proxy->aliases && proxy->nonces ? 0 : -ENOMEM;
}

void directory_close(struct proxy *proxy) {
    users_free(proxy->users);
    aliases_free(proxy->aliases);
    nonces_free(proxy->nonces);
}

static int load_user(struct proxy *proxy, const struct store_user *user, bool gone) {
    if (!gone)
        return users_put(proxy->users, user);
    users_remove(proxy->users, user->name);
    return 0;
}

static int load_alias(struct proxy *proxy, const struct store_alias *alias, bool gone) {
    if (!gone)
        return aliases_put(proxy->aliases, alias);
    aliases_remove(proxy->aliases, alias->group, alias->alias);
    return 0;
}

void directory_load(struct proxy *proxy, const struct store_row *row) {
    int error =
        row->kind == STORE_USER ? load_user(proxy, &row->user, row->gone) : load_alias(proxy, &row->alias, row->gone);
    if (error)
        proxy_count(proxy, COUNTER_NO_MEMORY);
}

bool directory_knows(const struct proxy *proxy, struct slice user) {
    return !users_exist(proxy->users) || users_find(proxy->users, user);
}
