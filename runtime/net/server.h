/* SPDX-License-Identifier: MIT */
/* The server: the proxy between its sockets. Listeners, loop, log and records are opened here, tied
 * to the proxy as its world (proxy/world.h), and closed again. */
#ifndef FOV_RUNTIME_NET_SERVER_H
#define FOV_RUNTIME_NET_SERVER_H

#include "runtime/net/options.h"
#include "runtime/plan/image.h"

struct server;

/* Are the files good that it would serve with? Opens nothing. 0, or -errno with the reason in one line. */
int server_check(const struct options *options, char *reason, size_t size);

/* Opens everything and logs what it listens on and which plan it serves. NULL, with the reason in
 * one line, when it cannot. Options and image must outlive it. */
struct server *server_open(const struct options *options, const struct image *image, char *reason, size_t size);
/* Serves until SIGTERM or SIGINT and until its calls have ended (32 s at most), or until the second
 * such signal. */
void server_run(struct server *server);
void server_close(struct server *server);

#endif
