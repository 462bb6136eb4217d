/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/ack.h"

#include "runtime/proxy/auth.h"
#include "runtime/proxy/branch.h"
#include "runtime/proxy/destination.h"
#include "runtime/proxy/forward.h"
#include "runtime/proxy/held.h"
#include "runtime/proxy/way.h"

/* Of a name the first place, for there is no second way. */
static enum cause find_remote(struct request *request, const struct target *target, struct slice uri,
                              struct endpoint *remote, bool *waits) {
    const struct proxy *proxy = request->proxy;
    struct locate_request name;
    *waits = false;
    enum cause cause = way_remote(proxy, target, uri, false, remote, &name);
    if (cause || !name.host.at)
        return cause;
    if (request->held) {
        *remote = request->held->remote;
        cause = request->held->cause;
    } else {
        cause = held_search(request, &name, remote, waits);
    }
    return cause || *waits ? cause : way_place(proxy, target, remote);
}

/* 18.1.1: one that is too long for a datagram takes a connection that is there, as its INVITE has opened one. Nobody
 * would tell of a new one that is refused. Its number; 0: there is none. */
static uint64_t switch_to_stream(const struct proxy *proxy, const struct target *target, struct endpoint *remote,
                                 struct world_route *via) {
    const struct world *world = proxy->world;
    struct endpoint stream = *remote;
    struct world_route other;
    stream.transport = TRANSPORT_TCP;
    if (target->way && target->way->nat)
        return 0;
    uint64_t connection = world->connection(world->context, &stream);
    if (!connection || world->route(world->context, &stream, NULL, &other) != CAUSE_NONE)
        return 0;
    *remote = stream;
    *via = other;
    return connection;
}

void ack_forward(struct request *request) {
    struct proxy *proxy = request->proxy;
    const struct world *world = proxy->world;
    const struct sip_message *message = request->message;
    const struct target target = destination_of_route(request);
    struct endpoint remote;
    struct world_route via;
    char branch[BRANCH_LENGTH];
    struct slice uri = request->route.uri;
    int error;
    bool waits = false;
    enum cause cause = find_remote(request, &target, uri, &remote, &waits);
    if (waits)
        return;
    if (!cause)
        cause = world->route(world->context, &remote, way_local(proxy, &target, &remote), &via);
    if (cause) {
        EVENT(proxy, LOG_INFO, "ack-dropped", message->call_id, -1, {"cause", slice_of(causes[cause])});
        return;
    }
    struct slice top = slice_cut(message->bytes, message->via.at, message->via.end);
    /* The same for each copy of the ACK, as for anything that is forwarded without state (16.11). */
    branch_text(hash_keyed(&proxy->seed.tables, top.at, top.len), request->loop, branch);
    uint64_t connection = way_connection(proxy, &target, &remote);
    struct forward forward = {
        .request = message,
        .source = &request->packet->source,
        .route = &request->route,
        .by_route = target.by_route,
        .uri = uri,
        .via = &via,
        .transport = remote.transport,
        .branch = {branch, sizeof branch},
        .realm = auth_realm(proxy),
    };
    struct slice bytes = forward_build(&proxy->scratch, &forward, &error);
    if (bytes.len > FORWARD_DATAGRAM_MAX && remote.transport == TRANSPORT_UDP) {
        connection = switch_to_stream(proxy, &target, &remote, &via);
        forward.transport = remote.transport;
        bytes = forward_build(&proxy->scratch, &forward, &error);
    }
    if (bytes.at)
        world->send(world->context,
                    &(const struct sip_flow){.local = via.local,
                                             .remote = remote,
                                             .connection = connection,
                                             .name = way_name(proxy, &target, &remote, message)},
                    bytes);
    else
        proxy_count(proxy, COUNTER_NO_MEMORY);
}
