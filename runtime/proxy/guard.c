/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/guard.h"

#include "runtime/proxy/exempt.h"
#include "runtime/state/block.h"

#include <errno.h>

/* Nobody waits for it. */
static void keep(const struct proxy *proxy, const struct store_block *block, bool gone) {
    const struct world *world = proxy->world;
    const struct store_row row = {.kind = STORE_BLOCK, .gone = gone, .block = *block};
    if (!world->keep)
        return;
    world->keep(world->context, &row);
    world->commit(world->context, 0);
}

static struct slice address_text(struct proxy *proxy, const struct ip_address *ip) {
    char text[IP_TEXT];
    return arena_copy(&proxy->scratch, slice_of(ip_format(ip, text)));
}

static void block_ended(void *context, const struct ip_address *ip) {
    struct proxy *proxy = context;
    keep(proxy, &(const struct store_block){.ip = *ip}, true);
    EVENT(proxy, LOG_DEBUG, "unblocked", SLICE_NULL, -1, {"source", address_text(proxy, ip)});
}

int guard_open(struct proxy *proxy) {
    const struct blocks_events events = {proxy, block_ended};
    proxy->blocks = blocks_new(&proxy->seed.tables, proxy->timers, proxy->settings->blocks_max, &events);
    proxy->exempt = exempt_new(proxy->image);
    return proxy->blocks && proxy->exempt ? 0 : -ENOMEM;
}

void guard_close(struct proxy *proxy) {
    blocks_free(proxy->blocks);
    exempt_free(proxy->exempt);
}

bool guard_refuses(const struct proxy *proxy, const struct ip_address *source) {
    return blocks_has(proxy->blocks, source) && !exempt_reason(proxy, source);
}

static bool is_under_way(const struct request *request) {
    struct proxy *proxy = request->proxy;
    struct route route;
    if (request->message->method == METHOD_CANCEL)
        return server_find_cancelled(proxy->transactions, request->message) != NULL;
    return !request->initial &&
           route_read(&route, proxy->settings, &proxy->seed.dialogs, request->message, &request->packet->local,
                      &proxy->scratch) == 0 &&
           route.cookie;
}

bool guard_turns_away(const struct request *request) {
    return guard_refuses(request->proxy, &request->packet->source.ip) && !is_under_way(request);
}

void guard_block(const struct request *request) {
    struct proxy *proxy = request->proxy;
    const struct proxy_settings *settings = proxy->settings;
    const struct sip_message *message = request->message;
    const struct ip_address *source = &request->packet->source.ip;
    if (settings->block_time == 0)
        return;
    const char *exempt = exempt_reason(proxy, source);
    int error = exempt ? 0 : blocks_put(proxy->blocks, source, settings->block_time, proxy->now);
    const char *why = exempt ? exempt : error == -ENOSPC ? "the list is full" : error ? "out of memory" : NULL;
    if (why) {
        EVENT(proxy, LOG_NOTICE, "not-blocked", message->call_id, request->outcome.rule,
              {"source", address_text(proxy, source)}, {"reason", slice_of(why)});
        return;
    }
    const struct store_block block = {.ip = *source, .expires = proxy->unix_ms + settings->block_time};
    keep(proxy, &block, false);
    proxy_count(proxy, COUNTER_BLOCKS);
    EVENT(proxy, LOG_NOTICE, "block", message->call_id, request->outcome.rule, {"source", address_text(proxy, source)},
          {"until", event_time(proxy, block.expires)});
}

/* What ran out while nobody looked goes from the store, too. */
void guard_load(struct proxy *proxy, const struct store_block *row, bool gone) {
    bool over = row->expires != 0 && row->expires <= proxy->unix_ms;
    uint64_t left = row->expires ? (uint64_t)(row->expires - proxy->unix_ms) : BLOCK_FOR_EVER;
    if (over && !gone)
        keep(proxy, row, true);
    if (over || gone)
        blocks_remove(proxy->blocks, &row->ip);
    else if (blocks_put(proxy->blocks, &row->ip, left, proxy->now) == -ENOMEM)
        proxy_count(proxy, COUNTER_NO_MEMORY);
}
