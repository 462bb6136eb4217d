/* SPDX-License-Identifier: MIT */
/* What the proxy knows of people: users, their aliases, and the nonces that they were asked with. */
#ifndef FOV_RUNTIME_PROXY_DIRECTORY_H
#define FOV_RUNTIME_PROXY_DIRECTORY_H

#include "runtime/proxy/core.h"

int directory_open(struct proxy *proxy); /* 0, -ENOMEM */
void directory_close(struct proxy *proxy);
/* News of a user or an alias. */
void directory_load(struct proxy *proxy, const struct store_row *row);
/* Is this the name of a user? Without a user table everybody's is. */
bool directory_knows(const struct proxy *proxy, struct slice user);

#endif
