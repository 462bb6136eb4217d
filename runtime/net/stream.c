/* SPDX-License-Identifier: MIT */
#include "runtime/net/stream.h"

#include "runtime/net/sockaddr.h"
#include "runtime/net/stream_set.h"
#include "runtime/net/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS = 64, /* from one listener before the others have their turn */
    PAUSE = 100,  /* ms without accepting when no descriptor is left */
    STEPS = 1,    /* of handshakes before everybody else has his turn: each takes up to a millisecond */
};

struct listener {
    struct listener *next;
    struct streams *streams;
    struct loop_watch *watch;
    int fd;
    uint8_t transport;
};

/* The set. */

static uint64_t place_hash(const struct streams *streams, const struct endpoint *remote) {
    struct {
        uint8_t ip[sizeof remote->ip.bytes];
        uint32_t port;
    } place = {.port = remote->port};
    memcpy(place.ip, remote->ip.bytes, sizeof place.ip);
    return hash_keyed(&streams->key, &place, sizeof place);
}

void stream_set_add(struct connection *connection) {
    struct streams *streams = connection->streams;
    connection->number = ++streams->newest;
    lookup_add(&streams->numbers, &connection->numbered, connection->number);
    connection->next = streams->connections;
    if (connection->next)
        connection->next->previous = connection;
    streams->connections = connection;
    streams->count++;
}

void stream_set_place(struct connection *connection) {
    struct streams *streams = connection->streams;
    if (!connection->placed.link)
        lookup_add(&streams->places, &connection->placed, place_hash(streams, &connection->remote));
}

void stream_set_forget(struct connection *connection) {
    lookup_remove(&connection->streams->numbers, &connection->numbered);
    lookup_remove(&connection->streams->places, &connection->placed);
    lookup_remove(&connection->streams->aliases, &connection->aliased);
}

void stream_set_remove(struct connection *connection) {
    struct streams *streams = connection->streams;
    stream_set_forget(connection);
    source_forget(connection);
    *(connection->previous ? &connection->previous->next : &streams->connections) = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    source_leave(&streams->sources, connection->source);
    source_leave(&streams->destinations, connection->destination);
    streams->opened -= connection->destination != NULL;
    streams->waiting_bytes -= connection->weight;
    streams->count--;
}

/* One message always may, however long, as far as the connection goes. Of what all of them may have none gets more than
 * it leaves to the others, so that many who do not read crowd out themselves, and nobody who does. */
bool stream_set_has_room(struct connection *connection, size_t more) {
    struct streams *streams = connection->streams;
    const struct stream_limits *limits = &streams->limits;
    uint64_t all = (uint64_t)limits->unread_all << 20, wanted = (uint64_t)connection->weight + more;
    bool room =
        (connection->weight == 0 || wanted <= (uint64_t)limits->unread << 10) && streams->waiting_bytes + wanted <= all;
    streams->counts.unread += !room;
    return room;
}

void stream_set_weigh(struct connection *connection) {
    size_t weight = outbox_waiting(&connection->out).len + connection->backlog.bytes +
                    (connection->web ? websocket_queued(connection->web) : 0);
    connection->streams->waiting_bytes += weight;
    connection->streams->waiting_bytes -= connection->weight;
    connection->weight = weight;
}

void stream_set_wait(struct connection *connection) {
    struct streams *streams = connection->streams;
    if (connection->waits)
        return;
    connection->waits = true;
    connection->waiting = NULL;
    *streams->waiting_end = connection;
    streams->waiting_end = &connection->waiting;
}

static struct connection *next_waiting(struct streams *streams) {
    struct connection *connection = streams->waiting;
    if (!connection)
        return NULL;
    streams->waiting = connection->waiting;
    if (!streams->waiting)
        streams->waiting_end = &streams->waiting;
    connection->waits = false;
    return connection;
}

static void tell_lost(struct connection *connection) {
    const struct stream_events *events = &connection->streams->events;
    const struct stream_loss loss = {
        .connection = connection->number,
        .remote = connection->remote,
        .cause = connection->cause,
        .error = connection->error,
        .reason = connection->tls ? tls_reason(connection->tls) : "",
        .fault = connection->web ? websocket_fault(connection->web) : SLICE_EMPTY,
        .opened = connection->opened,
    };
    events->lost(events->context, &loss);
    for (struct backlog_message *message; (message = backlog_take(&connection->backlog, UINT64_MAX)); free(message))
        events->returned(events->context, &loss, (struct slice){message->bytes, message->length});
}

bool streams_settle(struct streams *streams) {
    bool any = false;
    for (struct connection *connection; (connection = next_waiting(streams)); any = true) {
        if (connection->state != CONNECTION_LOST) {
            connection_flush(connection);
            continue;
        }
        tell_lost(connection);
        connection_free(connection);
    }
    return any;
}

/* Those that come. */

static void turn_away(struct streams *streams, int fd) {
    tcp_turn_away(fd);
    streams->counts.refused++;
}

static void welcome(struct streams *streams, int fd, const struct endpoint *remote) {
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    struct endpoint local;
    struct source *source =
        streams->count < streams->limits.connections ? source_enter(&streams->sources, &remote->ip) : NULL;
    bool room = source && source->count <= streams->limits.per_source;
    if (!room || getsockname(fd, (struct sockaddr *)&name, &length) < 0 ||
        !sockaddr_endpoint(&local, (struct sockaddr *)&name)) {
        source_leave(&streams->sources, source);
        turn_away(streams, fd);
        return;
    }
    local.transport = remote->transport;
    struct connection *connection =
        connection_new(streams, fd, &(const struct sip_flow){.local = local, .remote = *remote}, false);
    if (!connection) {
        source_leave(&streams->sources, source);
        streams->counts.refused++;
        return;
    }
    connection->source = source;
    streams->counts.accepted++;
}

static void resume(struct timer *timer, uint64_t now) {
    struct streams *streams = (struct streams *)(void *)((char *)timer - offsetof(struct streams, pause));
    (void)now;
    for (struct listener *listener = streams->listeners; listener; listener = listener->next)
        loop_wake(listener->watch);
}

/* Who waits to be accepted would wake the loop for ever. */
static void pause_accepting(struct streams *streams) {
    streams->counts.refused++;
    for (struct listener *listener = streams->listeners; listener; listener = listener->next)
        loop_sleep(listener->watch);
    timer_set(streams->timers, &streams->pause, loop_now(), PAUSE, resume);
}

/* False: there is no more to accept now. What else an accept reports is about a connection that is no more. */
static bool accept_one(struct listener *listener) {
    struct sockaddr_storage name;
    struct endpoint remote;
    socklen_t length = sizeof name;
    int fd = accept4(listener->fd, (struct sockaddr *)&name, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (exhausted)
            pause_accepting(listener->streams);
        return !exhausted && errno != EAGAIN && errno != EWOULDBLOCK;
    }
    if (!sockaddr_endpoint(&remote, (struct sockaddr *)&name)) {
        turn_away(listener->streams, fd);
        return true;
    }
    remote.transport = listener->transport;
    welcome(listener->streams, fd, &remote);
    return true;
}

static void on_connect(void *context) {
    struct listener *listener = context;
    const struct stream_events *events = &listener->streams->events;
    for (unsigned i = 0; i < ACCEPTS && accept_one(listener); i++)
        ;
    events->turn(events->context);
}

int streams_listen(struct streams *streams, const struct endpoint *address, struct endpoint *bound) {
    struct listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return -ENOMEM;
    listener->streams = streams;
    listener->transport = address->transport;
    listener->fd = tcp_listen(address, bound);
    if (listener->fd >= 0)
        listener->watch = loop_read(streams->loop, listener->fd, on_connect, listener);
    if (!listener->watch) {
        int result = listener->fd < 0 ? listener->fd : -ENOMEM;
        if (listener->fd >= 0)
            close(listener->fd);
        free(listener);
        return result;
    }
    listener->next = streams->listeners;
    streams->listeners = listener;
    return 0;
}

void streams_set_policy(struct streams *streams, const struct upgrade_policy *policy) {
    streams->policy = *policy;
}

/* Those that we open. */

/* May it carry what is to take this way? We have opened it, and whoever is there is who is meant. */
static bool is_way_of(const struct connection *connection, const struct sip_flow *flow) {
    return connection->opened && endpoint_equal(&connection->local, &flow->local) &&
           (!connection->tls || tls_proves(connection->tls, flow->name));
}

/* `flow` NULL: whoever opened it. */
static struct connection *find_placed(const struct streams *streams, const struct endpoint *remote,
                                      const struct sip_flow *flow) {
    struct lookup_node *node = lookup_first(&streams->places, place_hash(streams, remote));
    for (; node; node = lookup_next(node)) {
        struct connection *connection =
            (struct connection *)(void *)((char *)node - offsetof(struct connection, placed));
        if (endpoint_equal(&connection->remote, remote) && (!flow || is_way_of(connection, flow)))
            return connection;
    }
    return NULL;
}

uint64_t streams_find(const struct streams *streams, const struct endpoint *remote) {
    const struct connection *connection = find_placed(streams, remote, NULL);
    return connection ? connection->number : 0;
}

static struct connection *find_aliased(const struct streams *streams, const struct sip_flow *flow) {
    struct lookup_node *node = lookup_first(&streams->aliases, place_hash(streams, &flow->remote));
    for (; node; node = lookup_next(node)) {
        struct connection *connection =
            (struct connection *)(void *)((char *)node - offsetof(struct connection, aliased));
        if (connection->alias == flow->remote.port && ip_equal(&connection->remote.ip, &flow->remote.ip) &&
            connection->remote.transport == flow->remote.transport &&
            endpoint_equal(&connection->local, &flow->local) && tls_proves(connection->tls, flow->name))
            return connection;
    }
    return NULL;
}

static struct connection *find_numbered(const struct streams *streams, uint64_t number) {
    return (struct connection *)(void *)lookup_first(&streams->numbers, number);
}

const struct endpoint *streams_remote(const struct streams *streams, uint64_t connection) {
    const struct connection *found = find_numbered(streams, connection);
    return found ? &found->remote : NULL;
}

void streams_alias(struct streams *streams, uint64_t number, uint16_t port) {
    struct connection *connection = find_numbered(streams, number);
    if (!connection || connection->opened || !connection->tls || connection->web)
        return;
    struct endpoint place = connection->remote;
    place.port = connection->alias = port;
    lookup_remove(&streams->aliases, &connection->aliased);
    lookup_add(&streams->aliases, &connection->aliased, place_hash(streams, &place));
}

bool streams_doubt(struct streams *streams, uint64_t number, uint64_t since) {
    struct connection *connection = find_numbered(streams, number);
    if (!connection || !connection->heard || connection->heard >= since)
        return false;
    struct lookup_node *placed = connection->opened ? &connection->placed : NULL;
    bool doubted = (placed && placed->link) || connection->aliased.link;
    if (placed)
        lookup_remove(&streams->places, placed);
    lookup_remove(&streams->aliases, &connection->aliased);
    return doubted;
}

static struct connection *connect_to(struct streams *streams, const struct sip_flow *flow) {
    int fd = tcp_connect(flow);
    if (fd < 0)
        return connection_lost(streams, flow, tcp_cause(-fd), -fd);
    struct connection *connection = connection_new(streams, fd, flow, true);
    if (!connection)
        return NULL;
    streams->counts.opened++;
    return connection;
}

/* Half of all connections may lead wherever requests say, and beyond those no more to one address than it may open: else
 * who has us send to all ports of his own machine would keep everybody else out. */
static bool may_open(const struct streams *streams, const struct source *destination) {
    const struct stream_limits *limits = &streams->limits;
    return streams->opened < limits->connections / 2 || destination->count <= limits->per_source;
}

static struct connection *open_one(struct streams *streams, const struct sip_flow *flow) {
    if (endpoint_is_web(&flow->remote) && !flow->name.len)
        return connection_lost(streams, flow, CAUSE_FLOW_FAILED, 0);
    struct source *destination = source_enter(&streams->destinations, &flow->remote.ip);
    bool room = destination && may_open(streams, destination);
    struct connection *connection =
        room ? connect_to(streams, flow) : connection_lost(streams, flow, CAUSE_LOCAL_LIMIT, 0);
    streams->counts.refused += !room;
    if (!connection) {
        source_leave(&streams->destinations, destination);
        return NULL;
    }
    connection->destination = destination;
    streams->opened++;
    return connection;
}

uint64_t streams_send(struct streams *streams, const struct sip_flow *flow, struct slice bytes) {
    struct connection *connection = flow->connection ? find_numbered(streams, flow->connection) : NULL;
    if (!connection)
        connection = find_placed(streams, &flow->remote, flow);
    if (!connection)
        connection = find_aliased(streams, flow);
    if (!connection)
        connection = open_one(streams, flow);
    if (!connection)
        return 0;
    uint64_t number = connection->number;
    if (connection->state != CONNECTION_LOST)
        connection_queue(connection, bytes, flow->until);
    else
        backlog_add(&connection->backlog, bytes, UINT64_MAX); /* comes back when the loss is told */
    return number;
}

bool streams_withdraw(struct streams *streams, uint64_t number, struct slice bytes) {
    struct connection *connection = find_numbered(streams, number);
    if (!connection || !backlog_withdraw(&connection->backlog, bytes))
        return false;
    stream_set_weigh(connection);
    return true;
}

/* The object. */

struct streams *streams_new(struct loop *loop, const struct stream_limits *limits, const struct hash_key *key,
                            const struct stream_events *events) {
    struct streams *streams = calloc(1, sizeof *streams);
    if (!streams)
        return NULL;
    streams->loop = loop;
    streams->limits = *limits;
    streams->key = *key;
    streams->events = *events;
    streams->waiting_end = &streams->waiting;
    streams->timers = timers_new();
    if (streams->timers && !lookup_init(&streams->numbers) && !lookup_init(&streams->places) &&
        !lookup_init(&streams->aliases) && !sources_init(&streams->sources, key) &&
        !sources_init(&streams->destinations, key))
        return streams;
    streams_free(streams);
    return NULL;
}

void streams_secure(struct streams *streams, struct tls *tls) {
    streams->tls = tls;
}

void streams_free(struct streams *streams) {
    if (!streams)
        return;
    while (streams->connections)
        connection_free(streams->connections);
    while (streams->listeners) {
        struct listener *listener = streams->listeners;
        streams->listeners = listener->next;
        loop_forget(listener->watch);
        close(listener->fd);
        free(listener);
    }
    lookup_free(&streams->numbers, NULL);
    lookup_free(&streams->places, NULL);
    lookup_free(&streams->aliases, NULL);
    sources_free(&streams->sources);
    sources_free(&streams->destinations);
    if (streams->timers)
        timers_free(streams->timers);
    free(streams);
}

uint64_t streams_due(const struct streams *streams) {
    return streams->sources.first ? 0 : timers_due(streams->timers);
}

void streams_tick(struct streams *streams) {
    struct connection *connection;
    timers_run(streams->timers, loop_now());
    for (unsigned i = 0; i < STEPS && (connection = sources_next(&streams->sources)); i++)
        connection_shake(connection);
}

struct stream_counts streams_counts(const struct streams *streams) {
    return streams->counts;
}
