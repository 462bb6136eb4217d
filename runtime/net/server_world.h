/* SPDX-License-Identifier: MIT */
/* The world as the server's proxy sees it: what it may do, done by the server's parts. */
#ifndef FOV_RUNTIME_NET_SERVER_WORLD_H
#define FOV_RUNTIME_NET_SERVER_WORLD_H

#include "runtime/net/server_core.h"

/* Fills in server->world; once everything else is open. */
void server_world(struct server *server);

#endif
