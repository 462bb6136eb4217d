/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/call.h"

#include "runtime/proxy/search.h"
#include "runtime/state/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MORE_MAX = 256 * 1024 }; /* what redirects and a CANCEL may add to a call */

struct call_block { /* targets stand behind it */
    struct call_block *next;
};

/* Copies what a call keeps into one block behind it: the first pass counts, the second writes.
 * Texts of the image stay where they are, texts of the request move with it. */
struct keep {
    const struct image *image;
    struct slice from; /* the request's bytes in the packet */
    const char *to;    /* the same in the block */
    char *at;          /* start of the block; NULL: only count */
    size_t size;
    struct slice newest; /* text that was copied last, */
    const char *copy;    /* and where to: what lies in it is not copied again */
};

static bool lies_in(struct slice text, const void *start, size_t length) {
    uintptr_t at = (uintptr_t)text.at, first = (uintptr_t)start;
    return at >= first && at - first <= length && text.len <= length - (at - first);
}

static void *keep_bytes(struct keep *keep, const void *bytes, size_t size, size_t align) {
    keep->size = (keep->size + align - 1) & ~(align - 1);
    char *at = keep->at ? keep->at + keep->size : NULL;
    keep->size += size;
    if (at && size)
        memcpy(at, bytes, size);
    return at;
}

/* What was counted is written into a block from `used` on. */
static void begin_writing(struct keep *keep, void *block, size_t used) {
    keep->at = block;
    keep->size = used;
    keep->newest = SLICE_NULL;
}

static struct slice keep_text(struct keep *keep, struct slice text) {
    if (!text.at || lies_in(text, keep->image->bytes, keep->image->length))
        return text;
    if (lies_in(text, keep->from.at, keep->from.len))
        return (struct slice){keep->to ? keep->to + (text.at - keep->from.at) : NULL, text.len};
    if (!lies_in(text, keep->newest.at, keep->newest.len)) {
        keep->newest = text;
        keep->copy = keep_bytes(keep, text.at, text.len, 1);
    }
    return (struct slice){keep->copy ? keep->copy + (text.at - keep->newest.at) : NULL, text.len};
}

static struct outcome_header *keep_headers(struct keep *keep, const struct outcome_header *from) {
    struct outcome_header *first = NULL, **end = &first;
    for (; from; from = from->next) {
        struct outcome_header *copy = keep_bytes(keep, from, sizeof *from, _Alignof(struct outcome_header));
        struct slice name = keep_text(keep, from->name), value = keep_text(keep, from->value);
        if (!copy)
            continue;
        copy->name = name;
        copy->value = value;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    return first;
}

static const struct ip_address *keep_address(struct keep *keep, const struct ip_address *from) {
    return from->family ? keep_bytes(keep, from, sizeof *from, _Alignof(struct ip_address)) : NULL;
}

/* What most calls have none of. */
static const struct slice *keep_slice(struct keep *keep, struct slice from) {
    struct slice *copy = from.at ? keep_bytes(keep, &from, sizeof from, _Alignof(struct slice)) : NULL;
    struct slice text = keep_text(keep, from);
    if (copy)
        *copy = text;
    return copy;
}

static const struct way *keep_way(struct keep *keep, const struct way *from) {
    struct way *copy = from ? keep_bytes(keep, from, sizeof *from, _Alignof(struct way)) : NULL;
    struct slice path = from ? keep_text(keep, from->path) : SLICE_NULL;
    if (copy)
        copy->path = path;
    return copy;
}

/* `from` in the place of `copy`, which may be NULL in the first pass. */
static void keep_target(struct keep *keep, struct target *copy, const struct target *from) {
    struct slice to = keep_text(keep, from->to), uri = keep_text(keep, from->uri), hop = keep_text(keep, from->hop);
    const struct way *way = keep_way(keep, from->way);
    if (!keep->at)
        return;
    *copy = *from;
    copy->uri = uri;
    copy->hop = hop;
    copy->to = to;
    copy->way = way;
    copy->next = NULL;
}

static struct target *keep_targets(struct keep *keep, const struct target *from) {
    struct target *first = NULL, **end = &first;
    for (; from; from = from->next) {
        struct target *copy = keep_bytes(keep, from, sizeof *from, _Alignof(struct target));
        keep_target(keep, copy, from);
        if (!copy)
            continue;
        *end = copy;
        end = &copy->next;
    }
    return first;
}

static void keep_plan(struct keep *keep, struct decision *plan, const struct outcome *from) {
    *plan = (struct decision){
        .failover = from->failover,
        .session = from->session,
        .replace_uri = from->replace_uri,
        .from = outcome_header_set(from, HEADER_FROM, SLICE_NULL) != NULL,
        .nat = from->nat,
        .rule = from->rule,
        .log = keep_slice(keep, from->log),
        .set = keep_headers(keep, from->set),
        .replies = keep_headers(keep, from->replies),
        .to_callee = keep_address(keep, &from->to_callee),
        .to_caller = keep_address(keep, &from->to_caller),
    };
}

/* The request comes first in the block: then texts of it can be moved while the rest is written. */
static void keep_all(struct keep *keep, struct call *call, const struct call_seed *seed) {
    keep->to = keep_bytes(keep, keep->from.at, keep->from.len, 1);
    call->request = (struct slice){keep->to, keep->from.len};
    call->route = *seed->route;
    call->route.uri = keep_text(keep, seed->route->uri);
    call->route.next = keep_text(keep, seed->route->next);
    keep_plan(keep, &call->plan, seed->outcome);
    call->plan.user = keep_slice(keep, seed->user);
    call->targets = keep_targets(keep, seed->targets);
}

struct call *call_new(struct proxy *proxy, const struct call_seed *seed) {
    struct keep keep = {.image = proxy->image, .from = seed->request->bytes};
    struct call measured;
    keep_all(&keep, &measured, seed);
    struct call *call = calloc(1, sizeof *call + keep.size);
    if (!call)
        return NULL;
    begin_writing(&keep, call + 1, 0);
    keep_all(&keep, call, seed);
    call->proxy = proxy;
    call->server = seed->server;
    proxy->fresh.call = call;
    proxy->fresh.request = seed->request;
    call->source = seed->packet->source;
    call->local = seed->packet->local;
    call->accepted = seed->packet->accepted;
    call->started = seed->packet->now;
    call->started_unix = seed->packet->unix_ms;
    call->loop = seed->loop;
    call->breadth = (uint8_t)seed->breadth;
    call->invite = seed->request->method == METHOD_INVITE;
    call->initial = !seed->request->to_tag.at;
    call->edge = call->initial && call->targets->way;
    memcpy(call->tag, seed->tag, TAG_LENGTH);
    call->held = 1;
    call->next = proxy->calls;
    if (call->next)
        call->next->previous = call;
    proxy->calls = call;
    proxy->call_count++;
    server_set_user(call->server, call);
    return call;
}

void call_hold(struct call *call) {
    call->held++;
}

static bool is_alive(const struct call *call) {
    if (call->held || call->server)
        return true;
    for (const struct attempt *attempt = call->attempts; attempt; attempt = attempt->next)
        if (attempt->client)
            return true;
    return false;
}

void call_release(struct call *call) {
    call->held--;
    if (!is_alive(call))
        call_free(call);
}

void call_free(struct call *call) {
    struct proxy *proxy = call->proxy;
    timer_stop(proxy->timers, &call->timer);
    for (struct attempt *attempt = call->attempts, *next; attempt; attempt = next) {
        next = attempt->next;
        timer_stop(proxy->timers, &attempt->progress);
        timer_stop(proxy->timers, &attempt->timer_c);
        free(attempt);
    }
    for (struct call_block *block = call->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    call_leave_target(call);
    best_free(&call->best);
    if (call->session)
        session_release(call->session);
    if (call->more)
        arena_free(call->more);
    free(call->more);
    if (call->previous)
        call->previous->next = call->next;
    else
        proxy->calls = call->next;
    if (call->next)
        call->next->previous = call->previous;
    proxy->call_count--;
    free(call);
}

const struct sip_message *call_request(const struct call *call, struct sip_message *scanned) {
    if (call->proxy->fresh.call == call)
        return call->proxy->fresh.request;
    /* It passed the fence when it came; its verdict cannot be another one now. */
    scan_message(scanned, call->request.at, call->request.len);
    return scanned;
}

void call_leave_target(struct call *call) {
    if (call->places)
        search_free(call->places->search);
    free(call->places);
    call->places = NULL;
}

int call_replace(struct call *call, struct target *entry, const struct target *targets) {
    struct keep keep = {.image = call->proxy->image, .from = call->request, .to = call->request.at};
    keep.size = sizeof(struct call_block);
    keep_target(&keep, NULL, targets);
    keep_targets(&keep, targets->next);
    struct call_block *block = malloc(keep.size);
    if (!block)
        return -ENOMEM;
    begin_writing(&keep, block, sizeof *block);
    keep_target(&keep, entry, targets);
    struct target *last = entry;
    entry->next = keep_targets(&keep, targets->next);
    while (last->next)
        last = last->next;
    last->next = call->targets;
    call->targets = entry;
    block->next = call->blocks;
    call->blocks = block;
    return 0;
}

struct arena *call_arena(struct call *call) {
    if (!call->more) {
        call->more = malloc(sizeof *call->more);
        if (call->more)
            arena_init(call->more, NULL, 0, MORE_MAX);
    }
    return call->more;
}
