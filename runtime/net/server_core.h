/* SPDX-License-Identifier: MIT */
/* The server from inside: what its files share. */
#ifndef FOV_RUNTIME_NET_SERVER_CORE_H
#define FOV_RUNTIME_NET_SERVER_CORE_H

#include "runtime/net/addresses.h"
#include "runtime/net/console.h"
#include "runtime/net/keeping.h"
#include "runtime/net/listeners.h"
#include "runtime/net/log.h"
#include "runtime/net/record.h"
#include "runtime/net/resolver.h"
#include "runtime/net/route.h"
#include "runtime/net/server.h"
#include "runtime/net/zone.h"

struct server {
    struct loop *loop;
    struct log log;
    struct record record;
    struct zones zones;
    struct routes routes;
    struct listeners listeners;
    struct tls *tls; /* NULL: no listener wants it */
    struct addresses addresses;
    struct keeping keeping;
    struct resolver *resolver;
    struct proxy_settings settings;
    struct world world;
    struct proxy *proxy;
    struct console *console; /* NULL: there is no place for one */
    const struct image *image;
    const char *plan; /* its file */
    uint64_t started;
    bool draining;
    uint64_t deadline;
};

#endif
