/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/held.h"

#include "runtime/proxy/request.h"

#include <stdlib.h>
#include <string.h>

/* More would be a flood: whose ACK gets lost repeats its 2xx. */
enum { HELD_MAX = 4096, HELD_BYTES = 8 * 1024 * 1024 };

struct held_ack {
    struct held_ack *next, **link;
    struct proxy *proxy;
    struct search *search;
    struct endpoint source, local;
    size_t length;
    char bytes[];
};

static struct held_ack *hold(struct request *request) {
    struct proxy *proxy = request->proxy;
    const struct packet *packet = request->packet;
    size_t length = packet->bytes.len;
    struct held_ack *held = NULL;
    if (proxy->held_count < HELD_MAX && length <= HELD_BYTES - proxy->held_bytes)
        held = malloc(sizeof *held + length);
    if (!held)
        return NULL;
    *held = (struct held_ack){.proxy = proxy, .source = packet->source, .local = packet->local, .length = length};
    memcpy(held->bytes, packet->bytes.at, length);
    held->next = proxy->held;
    held->link = &proxy->held;
    if (held->next)
        held->next->link = &held->next;
    proxy->held = held;
    proxy->held_count++;
    proxy->held_bytes += length;
    return held;
}

static void let_go(struct held_ack *held) {
    struct proxy *proxy = held->proxy;
    *held->link = held->next;
    if (held->next)
        held->next->link = held->link;
    proxy->held_count--;
    proxy->held_bytes -= held->length;
    search_free(held->search);
    free(held);
}

static void found(void *owner, struct places *places, enum cause cause, uint64_t now) {
    struct held_ack *held = owner;
    struct proxy *proxy = held->proxy;
    struct sip_message message;
    const struct packet packet = {.source = held->source,
                                  .local = held->local,
                                  .bytes = {held->bytes, held->length},
                                  .now = now,
                                  .unix_ms = proxy->unix_ms};
    held->search = NULL;
    /* It passed the fence when it came. */
    scan_message(&message, held->bytes, held->length);
    struct held_place place = {.cause = cause};
    if (places)
        place.remote = places->at[0];
    request_arrives(proxy, &packet, &message, &place);
    free(places);
    let_go(held);
}

enum cause held_search(struct request *request, const struct locate_request *name, struct endpoint *remote,
                       bool *waits) {
    struct places *places;
    struct held_ack *held = hold(request);
    *waits = false;
    if (!held)
        return CAUSE_LOCAL_LIMIT;
    const struct search_asker asker = {held, found, request->message->call_id, .guest = true};
    enum cause cause = search_begin(request->proxy, name, &asker, &held->search, &places, request->packet->now);
    *waits = !cause && !places;
    if (places)
        *remote = places->at[0];
    free(places);
    if (!*waits)
        let_go(held);
    return cause;
}

void held_free_all(struct proxy *proxy) {
    while (proxy->held)
        let_go(proxy->held);
}
