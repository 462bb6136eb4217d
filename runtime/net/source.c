/* SPDX-License-Identifier: MIT */
#include "runtime/net/source.h"

#include "runtime/net/connection.h"

#include <stdlib.h>
#include <string.h>

enum { SITE = 8 /* bytes of an IPv6 address that are one customer's */ };

int sources_init(struct sources *sources, const struct hash_key *key) {
    *sources = (struct sources){.key = *key};
    return lookup_init(&sources->table);
}

static void end(struct lookup_node *node) {
    free(node);
}

void sources_free(struct sources *sources) {
    lookup_free(&sources->table, end);
}

static struct ip_address site_of(const struct ip_address *ip) {
    struct ip_address site = *ip;
    if (site.family == 6)
        memset(site.bytes + SITE, 0, sizeof site.bytes - SITE);
    return site;
}

struct source *source_enter(struct sources *sources, const struct ip_address *ip) {
    struct ip_address site = site_of(ip);
    uint64_t hash = hash_keyed(&sources->key, site.bytes, site.family == 6 ? SITE : 4);
    struct source *source = NULL;
    for (struct lookup_node *node = lookup_first(&sources->table, hash); node && !source; node = lookup_next(node))
        source = ip_equal(&((struct source *)node)->ip, &site) ? (struct source *)node : NULL;
    if (!source) {
        source = calloc(1, sizeof *source);
        if (!source)
            return NULL;
        source->ip = site;
        lookup_add(&sources->table, &source->node, hash);
    }
    source->count++;
    return source;
}

/* One that still has its turn goes when that comes. */
static void end_empty(struct sources *sources, struct source *source) {
    if (source->count || source->queued)
        return;
    lookup_remove(&sources->table, &source->node);
    free(source);
}

void source_leave(struct sources *sources, struct source *source) {
    if (!source)
        return;
    source->count--;
    end_empty(sources, source);
}

/* Turns. */

static void queue_source(struct sources *sources, struct source *source) {
    if (source->queued)
        return;
    source->queued = true;
    source->next = NULL;
    *(sources->newest ? &sources->newest->next : &sources->first) = source;
    sources->newest = source;
}

static struct source *next_source(struct sources *sources) {
    struct source *source = sources->first;
    if (!source)
        return NULL;
    sources->first = source->next;
    if (!sources->first)
        sources->newest = NULL;
    source->queued = false;
    return source;
}

void source_queue(struct sources *sources, struct connection *connection) {
    struct source *source = connection->source;
    connection->queued = true;
    connection->behind = NULL;
    connection->ahead = source->newest;
    *(source->newest ? &source->newest->behind : &source->first) = connection;
    source->newest = connection;
    queue_source(sources, source);
}

void source_forget(struct connection *connection) {
    struct source *source = connection->source;
    if (!connection->queued)
        return;
    *(connection->ahead ? &connection->ahead->behind : &source->first) = connection->behind;
    *(connection->behind ? &connection->behind->ahead : &source->newest) = connection->ahead;
    connection->queued = false;
}

struct connection *sources_next(struct sources *sources) {
    struct source *source;
    while ((source = next_source(sources))) {
        struct connection *connection = source->first;
        if (!connection) {
            end_empty(sources, source);
            continue;
        }
        source_forget(connection);
        if (source->first)
            queue_source(sources, source);
        return connection;
    }
    return NULL;
}
