/* SPDX-License-Identifier: MIT */
#include "runtime/sim/connections.h"

enum {
    PATIENCE = 3000,    /* ms for a connection, as fovrun's --connect-timeout */
    FIRST_PORT = 50000, /* that a peer connects from; the next one has the next */
};

static const struct sim_peer *peer_at(const struct sim_world *world, const struct endpoint *at) {
    const struct sim_peer *peer = world->peers;
    while (peer && !endpoint_equal(&peer->at, at))
        peer = peer->next;
    return peer;
}

/* Is it who is meant? In clear nobody knows. */
static bool proves(const struct sim_peer *peer, const struct sip_flow *flow) {
    return !transports[flow->remote.transport].secure || !peer || !peer->identity.at ||
           slice_same(peer->identity, flow->name);
}

static struct sim_connection *add(struct sim_world *world, const struct endpoint *peer, const struct endpoint *local) {
    struct sim_connection *connection = arena_alloc(world->arena, sizeof *connection);
    if (!connection) {
        world->out_of_memory = true;
        return NULL;
    }
    *connection = (struct sim_connection){
        .next = world->connections,
        .number = world->connections ? world->connections->number + 1 : 1,
        .local = *local,
        .remote = *peer,
        .peer = *peer,
        .state = SIM_OPEN,
    };
    world->connections = connection;
    return connection;
}

struct sim_connection *sim_world_connection(const struct sim_world *world, const struct endpoint *peer) {
    struct sim_connection *connection = world->connections;
    while (connection && (connection->state != SIM_OPEN || !endpoint_equal(&connection->peer, peer)))
        connection = connection->next;
    return connection;
}

struct sim_connection *sim_world_connect(struct sim_world *world, const struct endpoint *peer,
                                         const struct endpoint *local) {
    struct sim_connection *connection = add(world, peer, local);
    if (connection)
        connection->remote.port = (uint16_t)(FIRST_PORT + connection->number);
    return connection;
}

static void end(struct sim_connection *connection, enum sim_state state, uint64_t due, enum cause cause) {
    connection->state = state;
    connection->due = due;
    connection->cause = cause;
}

/* One that fov opens. */
static struct sim_connection *open_one(struct sim_world *world, const struct sip_flow *flow) {
    struct sim_connection *connection = add(world, &flow->remote, &flow->local);
    if (!connection)
        return NULL;
    const struct sim_peer *peer = peer_at(world, &flow->remote);
    connection->opened = true;
    if (endpoint_is_web(&flow->remote) && !flow->name.len) {
        end(connection, SIM_OPENING, world->now, CAUSE_FLOW_FAILED);
        return connection;
    }
    switch (peer ? peer->manner : SIM_REFUSES) {
    case SIM_REFUSES: end(connection, SIM_OPENING, world->now, CAUSE_REFUSED); break;
    case SIM_IGNORES: end(connection, SIM_OPENING, world->now + PATIENCE, CAUSE_CONNECT_TIMEOUT); break;
    case SIM_FAILS: end(connection, SIM_OPENING, world->now, CAUSE_TLS_HANDSHAKE); break;
    case SIM_ACCEPTS:
        if (!proves(peer, flow))
            end(connection, SIM_OPENING, world->now, CAUSE_TLS_IDENTITY);
        break;
    }
    return connection;
}

/* Messages that wait for it, the oldest first, until a time. */

static void hold(struct sim_world *world, struct sim_connection *connection, const struct sip_flow *flow,
                 struct slice bytes) {
    struct sim_held *held = arena_alloc(world->arena, sizeof *held), **end = &connection->held;
    struct slice copy = arena_copy(world->arena, bytes);
    if (!held || !copy.at) {
        world->out_of_memory = true;
        return;
    }
    uint64_t due = flow->until ? flow->until - sim_world_monotonic(world) + world->now : UINT64_MAX;
    *held = (struct sim_held){.due = due, .local = flow->local, .bytes = copy};
    while (*end)
        end = &(*end)->next;
    *end = held;
}

/* When its next message, or itself, is due. It is given up when nothing waits for it any more. */
static uint64_t due_of(const struct sim_connection *connection) {
    uint64_t due = connection->due;
    for (const struct sim_held *held = connection->held; held; held = held->next)
        if (connection->state == SIM_OPENING && held->due < due)
            due = held->due;
    return due;
}

/* The next one that is due, when others are not; NULL: none. */
static struct sim_held *take_due(struct sim_connection *connection, uint64_t now) {
    struct sim_held **link = &connection->held;
    bool waits = connection->due > now, others = false;
    for (const struct sim_held *held = connection->held; held; held = held->next)
        others |= held->due > now;
    while (*link && (*link)->due > now)
        link = &(*link)->next;
    struct sim_held *held = *link;
    if (!waits || !others || !held)
        return NULL;
    *link = held->next;
    return held;
}

static void open_held(struct sim_world *world, struct sim_connection *connection) {
    connection->state = SIM_OPEN;
    for (const struct sim_held *held = connection->held; held; held = held->next)
        sim_world_leave(world, &(const struct sip_flow){.local = held->local}, connection, held->bytes);
    connection->held = NULL;
}

bool sim_world_meet(struct sim_world *world, const struct sim_peer *peer) {
    struct sim_peer *copy = arena_alloc(world->arena, sizeof *copy);
    if (!copy) {
        world->out_of_memory = true;
        return false;
    }
    *copy = *peer;
    copy->next = world->peers;
    world->peers = copy;
    for (struct sim_connection *one = world->connections; one; one = one->next)
        if (peer->manner == SIM_ACCEPTS && one->state == SIM_OPENING && one->due > world->now &&
            endpoint_equal(&one->peer, &peer->at))
            open_held(world, one);
    return true;
}

/* Does it lead to who is meant? One that fov has not opened does when it stands for that place, and a certificate says
 * so. */
static bool carries(const struct sim_world *world, const struct sim_connection *one, const struct sip_flow *flow) {
    const struct sim_peer *peer = peer_at(world, &one->peer);
    struct endpoint place = one->remote;
    if (!one->opened)
        place.port = one->alias;
    return endpoint_equal(&place, &flow->remote) && endpoint_equal(&one->local, &flow->local) && proves(peer, flow) &&
           (one->opened || (peer && peer->identity.at)) && !one->aside;
}

static struct sim_connection *find(const struct sim_world *world, const struct sip_flow *flow) {
    struct sim_connection *other = NULL;
    for (struct sim_connection *one = world->connections; one; one = one->next) {
        if (one->state != SIM_OPEN && (one->state != SIM_OPENING || one->due <= world->now))
            continue;
        if (one->number == flow->connection)
            return one;
        if (!other && carries(world, one, flow))
            other = one;
    }
    return other;
}

uint64_t connections_send(struct sim_world *world, const struct sip_flow *flow, struct slice bytes) {
    struct sim_connection *connection = find(world, flow);
    if (!connection)
        connection = open_one(world, flow);
    if (!connection)
        return 0;
    if (connection->state == SIM_OPEN)
        sim_world_leave(world, flow, connection, bytes);
    else
        hold(world, connection, flow, bytes);
    return connection->number;
}

bool connections_withdraw(struct sim_world *world, uint64_t number, struct slice bytes) {
    struct sim_connection *one = world->connections;
    while (one && one->number != number)
        one = one->next;
    if (!one || one->state != SIM_OPENING)
        return false;
    struct sim_held **link = &one->held;
    while (*link && !slice_equal((*link)->bytes, bytes))
        link = &(*link)->next;
    bool found = *link != NULL;
    if (found)
        *link = (*link)->next;
    return found;
}

void connections_alias(struct sim_world *world, uint64_t number, uint16_t port) {
    for (struct sim_connection *one = world->connections; one; one = one->next)
        if (one->number == number)
            one->alias = port;
}

void connections_doubt(struct sim_world *world, uint64_t number, uint64_t since) {
    for (struct sim_connection *one = world->connections; one; one = one->next)
        if (one->number == number)
            one->aside |= one->heard && one->heard_at < since;
}

uint64_t connections_find(const struct sim_world *world, const struct endpoint *remote) {
    for (const struct sim_connection *one = world->connections; one; one = one->next)
        if (one->state == SIM_OPEN && endpoint_equal(&one->remote, remote) && !(one->opened && one->aside))
            return one->number;
    return 0;
}

/* Bytes that nobody can read any more are refused, and fov closes the connection. */
static void receive(struct sim_world *world, struct sim_connection *connection, struct slice message,
                    struct stream_fault broken) {
    const struct packet packet = {
        .source = connection->remote,
        .local = connection->local,
        .connection = connection->number,
        .accepted = !connection->opened,
        .bytes = message,
        .broken = broken,
        .now = sim_world_monotonic(world),
        .unix_ms = sim_world_wall(world),
    };
    proxy_receive(world->proxy, &packet);
    if (broken.code)
        sim_world_close_connection(world, connection);
}

void sim_world_stream(struct sim_world *world, struct sim_connection *connection, struct slice bytes) {
    enum stream_verdict verdict;
    struct slice message;
    struct stream_fault fault = {0};
    connection->heard = true;
    connection->heard_at = world->now;
    if (endpoint_is_web(&connection->remote)) {
        receive(world, connection, bytes, fault);
        bytes = SLICE_EMPTY;
    }
    while ((verdict = stream_next(&connection->framing, &bytes, &message, &fault)) != STREAM_MORE) {
        if (verdict == STREAM_NO_MEMORY)
            world->out_of_memory = true;
        if (verdict == STREAM_MESSAGE || verdict == STREAM_BROKEN)
            receive(world, connection, message, fault);
        if (verdict == STREAM_NO_MEMORY || verdict == STREAM_BROKEN)
            break;
    }
    sim_world_tell(world);
}

void sim_world_close_connection(struct sim_world *world, struct sim_connection *connection) {
    end(connection, SIM_CLOSED, world->now, CAUSE_RESET);
    sim_world_tell(world);
}

static struct sim_connection *next_lost(const struct sim_world *world) {
    struct sim_connection *next = NULL;
    for (struct sim_connection *one = world->connections; one; one = one->next)
        if ((one->state == SIM_OPENING || one->state == SIM_CLOSED) &&
            (!next || due_of(one) <= due_of(next))) /* of two the older one */
            next = one;
    return next;
}

uint64_t connections_due(const struct sim_world *world) {
    const struct sim_connection *next = next_lost(world);
    return next ? due_of(next) : UINT64_MAX;
}

bool connections_tell(struct sim_world *world) {
    struct sim_connection *lost = next_lost(world);
    if (!lost || due_of(lost) > world->now)
        return false;
    struct sim_held *late = lost->state == SIM_OPENING ? take_due(lost, world->now) : NULL;
    if (late) {
        proxy_unreachable(world->proxy, &lost->remote, late->bytes, CAUSE_CONNECT_TIMEOUT, sim_world_monotonic(world),
                          sim_world_wall(world));
        return true;
    }
    lost->state = SIM_GONE;
    proxy_connection_lost(world->proxy, lost->number, lost->cause, sim_world_monotonic(world), sim_world_wall(world));
    for (const struct sim_held *held = lost->held; held; held = held->next)
        proxy_returned(world->proxy, &lost->remote, held->bytes, lost->cause, sim_world_monotonic(world),
                       sim_world_wall(world));
    return true;
}

void connections_forget(struct sim_world *world) {
    for (struct sim_connection *one = world->connections; one; one = one->next)
        one->state = SIM_GONE;
}

void connections_free(struct sim_world *world) {
    for (struct sim_connection *one = world->connections; one; one = one->next)
        stream_free(&one->framing);
}
