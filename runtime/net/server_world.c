/* SPDX-License-Identifier: MIT */
#include "runtime/net/server_world.h"

#include "runtime/proxy/ours.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t world_send(void *context, const struct sip_flow *flow, struct slice bytes) {
    struct server *server = context;
    return listeners_send(&server->listeners, flow, bytes);
}

static bool world_withdraw(void *context, uint64_t connection, struct slice bytes) {
    struct server *server = context;
    return streams_withdraw(server->listeners.streams, connection, bytes);
}

static uint64_t world_connection(void *context, const struct endpoint *remote) {
    struct server *server = context;
    return streams_find(server->listeners.streams, remote);
}

static void world_alias(void *context, uint64_t connection, uint16_t port) {
    struct server *server = context;
    streams_alias(server->listeners.streams, connection, port);
}

static void world_doubt(void *context, uint64_t connection, uint64_t since) {
    struct server *server = context;
    char remote[ENDPOINT_TEXT];
    if (streams_doubt(server->listeners.streams, connection, since))
        log_printf(&server->log, LOG_INFO, "event=connection-silent connection=%" PRIu64 " remote=%s", connection,
                   endpoint_text(streams_remote(server->listeners.streams, connection), remote));
}

/* The listener that the kernel's way to `remote`, or the place that is wanted, leads through, and the address it has
 * there. */
static enum cause find_listener(struct server *server, const struct endpoint *remote, const struct endpoint *wanted,
                                const struct endpoint **listener, struct ip_address *local) {
    const struct endpoint *endpoints = server->listeners.endpoints;
    unsigned count = server->listeners.count;
    *local = wanted ? wanted->ip : (struct ip_address){.family = remote->ip.family};
    unsigned n =
        wanted ? routes_wanted(endpoints, count, remote, wanted) : routes_listener(endpoints, count, remote, local);
    if (n == count)
        return CAUSE_TRANSPORT_UNSUPPORTED;
    if (!wanted) {
        enum cause cause = routes_source(&server->routes, remote, loop_now(), local);
        if (cause != CAUSE_NONE)
            return cause;
        n = routes_listener(endpoints, count, remote, local);
    }
    *listener = &endpoints[n];
    return CAUSE_NONE;
}

static enum cause world_route(void *context, const struct endpoint *remote, const struct endpoint *wanted,
                              struct world_route *route) {
    struct server *server = context;
    char text[IP_TEXT];
    struct ip_address local;
    const struct endpoint *listener;
    enum cause cause = find_listener(server, remote, wanted, &listener, &local);
    if (cause != CAUSE_NONE)
        return cause;
    memset(route, 0, sizeof *route);
    route->local = *listener;
    if (ip_is_unspecified(&route->local.ip))
        route->local.ip = local;
    route->local.scope = remote->scope;
    route->port = ours_port(&server->settings, route->local.port);
    if (server->settings.advertise.at)
        snprintf(route->host, sizeof route->host, "%.*s", SLICE_ARG(server->settings.advertise));
    else
        snprintf(route->host, sizeof route->host, route->local.ip.family == 6 ? "[%s]" : "%s",
                 ip_format(&route->local.ip, text));
    return CAUSE_NONE;
}

static bool world_local_time(void *context, struct slice zone, int64_t unix_ms, struct local_time *time) {
    struct server *server = context;
    return zone_time(&server->zones, zone, unix_ms, time);
}

static bool world_ask(void *context, uint32_t id, struct slice name, enum dns_type type) {
    struct server *server = context;
    return resolver_ask(server->resolver, id, name, type);
}

static void world_log(void *context, enum log_level level, struct slice line) {
    struct server *server = context;
    log_line(&server->log, level, line);
}

static void world_record(void *context, struct slice line) {
    struct server *server = context;
    record_line(&server->record, line);
}

static void world_keep(void *context, const struct store_row *row) {
    struct server *server = context;
    store_keep(server->keeping.store, row);
}

static void world_commit(void *context, uint64_t ticket) {
    struct server *server = context;
    store_commit(server->keeping.store, ticket);
}

void server_world(struct server *server) {
    server->world = (struct world){
        .context = server,
        .send = world_send,
        .withdraw = world_withdraw,
        .connection = world_connection,
        .alias = world_alias,
        .doubt = world_doubt,
        .route = world_route,
        .local_time = world_local_time,
        .log = world_log,
        .record = world_record,
        .keep = server->keeping.store ? world_keep : NULL,
        .commit = server->keeping.store ? world_commit : NULL,
        .ask = world_ask,
    };
}
