/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/returned.h"

#include "runtime/proxy/event.h"
#include "runtime/proxy/ours.h"
#include "runtime/proxy/search.h"
#include "runtime/proxy/target.h"
#include "runtime/sip/host.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { RETURNED_MAX = 1024, RETURNED_BYTES = 4 * 1024 * 1024 };

struct returned_response {
    struct returned_response *next, **link;
    struct proxy *proxy;
    struct search *search; /* NULL: it is over */
    struct places *places;
    struct endpoint remote; /* where it was sent first */
    struct timer life;      /* since it was sent last */
    size_t length;
    char bytes[];
};

static struct slice bytes_of(const struct returned_response *response) {
    return (struct slice){response->bytes, response->length};
}

static struct returned_response *keep(struct proxy *proxy, const struct endpoint *remote, struct slice bytes) {
    struct returned_response *response = NULL;
    if (proxy->returned_count < RETURNED_MAX && bytes.len <= RETURNED_BYTES - proxy->returned_bytes)
        response = malloc(sizeof *response + bytes.len);
    if (!response)
        return NULL;
    *response = (struct returned_response){.proxy = proxy, .remote = *remote, .length = bytes.len};
    memcpy(response->bytes, bytes.at, bytes.len);
    response->next = proxy->returned;
    response->link = &proxy->returned;
    if (response->next)
        response->next->link = &response->next;
    proxy->returned = response;
    proxy->returned_count++;
    proxy->returned_bytes += bytes.len;
    return response;
}

static void let_go(struct returned_response *response) {
    struct proxy *proxy = response->proxy;
    *response->link = response->next;
    if (response->next)
        response->next->link = response->link;
    proxy->returned_count--;
    proxy->returned_bytes -= response->length;
    timer_stop(proxy->timers, &response->life);
    search_free(response->search);
    free(response->places);
    free(response);
}

/* It has not come back: somebody has it. */
static void life_ends(struct timer *timer, uint64_t now) {
    (void)now;
    let_go((struct returned_response *)(void *)((char *)timer - offsetof(struct returned_response, life)));
}

/* From outside nothing leads into a private network, and from there nothing into this machine. */
static bool is_good(const struct returned_response *response, const struct endpoint *place) {
    const struct ip_address *from = &response->remote.ip, *to = &place->ip;
    bool allowed = ip_is_global(to) || (!ip_is_global(from) && (ip_is_loopback(from) || !ip_is_loopback(to)));
    return allowed && target_is_place(place) && !endpoint_equal(place, &response->remote) &&
           !ours_endpoint(response->proxy->settings, to, place->port);
}

static bool send_to(const struct returned_response *response, const struct endpoint *place) {
    struct proxy *proxy = response->proxy;
    const struct world *world = proxy->world;
    struct sip_message message;
    struct world_route route;
    if (!is_good(response, place) || world->route(world->context, place, NULL, &route))
        return false;
    scan_message(&message, response->bytes, response->length); /* it could be read when it came back */
    struct sip_flow flow = {.local = route.local, .remote = *place};
    if (transports[place->transport].secure || endpoint_is_web(place))
        flow.name = message.via.host;
    EVENT(proxy, LOG_INFO, "response-by-name", message.call_id, -1, {"name", message.via.host},
          {"destination", event_endpoint(proxy, place)}, {"code", event_number(proxy, message.status)});
    return world->send(world->context, &flow, bytes_of(response)) != 0;
}

static void send_on(struct returned_response *response, uint64_t now) {
    struct proxy *proxy = response->proxy;
    struct places *places = response->places;
    while (places->next < places->count) {
        if (!send_to(response, &places->at[places->next++]))
            continue;
        timer_set(proxy->timers, &response->life, now, 64 * proxy->settings->timers.t1, life_ends);
        return;
    }
    let_go(response);
}

static void found(void *owner, struct places *places, enum cause cause, uint64_t now) {
    struct returned_response *response = owner;
    (void)cause;
    response->search = NULL;
    response->places = places;
    places ? send_on(response, now) : let_go(response);
}

static void search_places(struct returned_response *response, const struct sip_message *message, uint64_t now) {
    enum transport transport = response->remote.transport;
    const struct locate_request name = {.host = host_without_root(message->via.host),
                                        .port = message->via.port,
                                        .transport = transport,
                                        .secure = transports[transport].secure};
    const struct search_asker asker = {response, found, message->call_id, .guest = true};
    enum cause cause = search_begin(response->proxy, &name, &asker, &response->search, &response->places, now);
    if (cause)
        let_go(response);
    else if (response->places)
        send_on(response, now);
}

/* Was it on its first way, and is there another? A later one never ends where the first did. */
static bool has_name(const struct sip_message *message, const struct endpoint *remote) {
    const struct sip_via *via = &message->via;
    struct ip_address ip;
    uint16_t port = via->port ? via->port : transports[remote->transport].port;
    return !ip_parse(&ip, via->host) && host_is_good(via->host) && ip_parse(&ip, via->received) &&
           ip_equal(&ip, &remote->ip) && port == remote->port;
}

void returned_take(struct proxy *proxy, const struct endpoint *remote, struct slice bytes, uint64_t now) {
    struct sip_message message;
    struct returned_response *response = proxy->returned;
    while (response && !slice_equal(bytes_of(response), bytes))
        response = response->next;
    if (response && response->places) {
        if (endpoint_equal(remote, &response->remote)) /* it was sent anew, as a 2xx is until its ACK comes */
            response->places->next = 0;
        send_on(response, now);
        return;
    }
    if (response || !slice_starts(bytes, SLICE("SIP/2.0 ")) ||
        scan_message(&message, bytes.at, bytes.len).verdict != SCAN_OK || !has_name(&message, remote))
        return;
    response = keep(proxy, remote, bytes);
    if (response)
        search_places(response, &message, now);
}

void returned_free_all(struct proxy *proxy) {
    while (proxy->returned)
        let_go(proxy->returned);
}
