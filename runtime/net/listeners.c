/* SPDX-License-Identifier: MIT */
#include "runtime/net/listeners.h"

#include "runtime/net/log.h"
#include "runtime/net/trace.h"
#include "runtime/proxy/counters.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROUNDS = 8,     /* batches from one listener before the others have their turn */
    TELLING = 1000, /* ms between two lines about what was lost */
};

struct listener {
    struct listeners *all;
    struct udp_listener *udp;
    struct loop_watch *readable;
    struct loop_watch *room; /* awake while the socket's buffer is full */
    bool blocked;
};

/* Out. */

static struct listener *listener_of(const struct listeners *listeners, const struct endpoint *local) {
    struct listener *wildcard = NULL;
    for (unsigned i = 0; i < listeners->datagram_count; i++) {
        const struct endpoint *bound = udp_bound(listeners->datagrams[i].udp);
        if (bound->port != local->port || bound->ip.family != local->ip.family)
            continue;
        if (ip_equal(&bound->ip, &local->ip))
            return &listeners->datagrams[i];
        if (ip_is_unspecified(&bound->ip))
            wildcard = &listeners->datagrams[i];
    }
    return wildcard;
}

/* A datagram that finds no room is lost like one on the way: SIP repeats it. */
uint64_t listeners_send(struct listeners *listeners, const struct sip_flow *flow, struct slice bytes) {
    uint64_t connection = 0;
    const struct endpoint *remote = NULL; /* of what is on its way */
    if (flow->remote.transport != TRANSPORT_UDP) {
        connection = streams_send(listeners->streams, flow, bytes);
        remote = streams_remote(listeners->streams, connection);
    } else {
        struct listener *listener = listener_of(listeners, &flow->local);
        listeners->homeless += !listener;
        if (listener && udp_queue(listener->udp, &flow->local, &flow->remote, bytes))
            remote = &flow->remote;
    }
    if (remote)
        trace_message(listeners->log, "sent", &flow->local, remote, bytes);
    return connection;
}

static void flush(struct listener *listener) {
    bool blocked = udp_flush(listener->udp) == UDP_BLOCKED;
    if (blocked && !listener->blocked)
        loop_wake(listener->room);
    if (!blocked && listener->blocked)
        loop_sleep(listener->room);
    listener->blocked = blocked;
}

/* What never reached the proxy or the network. */
static void tell_losses(struct listeners *listeners) {
    struct udp_losses losses = {.sent = listeners->homeless};
    uint64_t refused = streams_counts(listeners->streams).refused;
    for (unsigned i = 0; i < listeners->datagram_count; i++) {
        struct udp_losses more = udp_losses(listeners->datagrams[i].udp);
        losses.received += more.received;
        losses.sent += more.sent;
    }
    bool datagrams = losses.received != listeners->told.received || losses.sent != listeners->told.sent;
    if ((!datagrams && refused == listeners->told_refused) || loop_now() < listeners->telling)
        return;
    if (datagrams)
        log_printf(listeners->log, LOG_WARNING, "event=datagrams-lost received=%" PRIu64 " sent=%" PRIu64,
                   losses.received - listeners->told.received, losses.sent - listeners->told.sent);
    if (refused != listeners->told_refused)
        log_printf(listeners->log, LOG_WARNING, "event=connections-refused count=%" PRIu64,
                   refused - listeners->told_refused);
    listeners->told = losses;
    listeners->told_refused = refused;
    listeners->telling = loop_now() + TELLING;
}

void listeners_settle(struct listeners *listeners) {
    bool again = true;
    while (again) {
        again = streams_settle(listeners->streams);
        for (unsigned i = 0; i < listeners->datagram_count; i++) {
            struct listener *listener = &listeners->datagrams[i];
            if (listener->blocked || !udp_pending(listener->udp))
                continue;
            flush(listener);
            again = true;
        }
    }
    tell_losses(listeners);
}

void listeners_count(const struct listeners *listeners, struct counters *counters) {
    struct stream_counts counts = streams_counts(listeners->streams);
    counters->values[COUNTER_CONNECTIONS_ACCEPTED] = counts.accepted;
    counters->values[COUNTER_CONNECTIONS_OPENED] = counts.opened;
    counters->values[COUNTER_CONNECTIONS_REFUSED] = counts.refused;
    counters->values[COUNTER_CONNECTIONS_TIMED_OUT] = counts.timed_out;
    counters->values[COUNTER_CONNECTIONS_UNREAD] = counts.unread;
    counters->values[COUNTER_TLS_FAILED] = counts.unsecured;
}

/* In. */

/* Of those who came one a second is told: anybody may fail as often as he likes. */
static void tell_failure(struct listeners *listeners, const struct stream_loss *loss) {
    char remote[ENDPOINT_TEXT], reason[256];
    if (!loss->reason[0])
        return;
    if (!loss->opened && loop_now() < listeners->telling_failures) {
        listeners->untold++;
        return;
    }
    log_printf(listeners->log, loss->opened ? LOG_WARNING : LOG_INFO,
               "event=tls-failed remote=%s cause=%s reason=%s untold=%u", endpoint_text(&loss->remote, remote),
               causes[loss->cause], log_value(slice_of(loss->reason), reason, sizeof reason),
               loss->opened ? 0 : listeners->untold);
    if (loss->opened)
        return;
    listeners->telling_failures = loop_now() + TELLING;
    listeners->untold = 0;
}

/* What the system has said is news to an operator when the trouble is here. */
static void tell_error(struct listeners *listeners, const struct stream_loss *loss) {
    char remote[ENDPOINT_TEXT], reason[128];
    if (loss->error)
        log_printf(listeners->log, loss->cause == CAUSE_LOCAL_LIMIT ? LOG_WARNING : LOG_DEBUG,
                   "event=connection-failed remote=%s cause=%s error=%s", endpoint_text(&loss->remote, remote),
                   causes[loss->cause], log_value(slice_of(strerror(loss->error)), reason, sizeof reason));
}

/* By a server that a plan has led to. */
static void tell_refusal(struct listeners *listeners, const struct stream_loss *loss) {
    char remote[ENDPOINT_TEXT], reason[256];
    if (loss->fault.len)
        log_printf(listeners->log, LOG_WARNING, "event=websocket-refused remote=%s cause=%s reason=%s",
                   endpoint_text(&loss->remote, remote), causes[loss->cause],
                   log_value(loss->fault, reason, sizeof reason));
}

static void on_message(void *context, const struct stream_message *message) {
    struct listeners *listeners = context;
    listeners->events.message(listeners->events.context, message);
}

static bool on_turn(void *context) {
    struct listeners *listeners = context;
    return listeners->events.turn(listeners->events.context);
}

static void on_lost(void *context, const struct stream_loss *loss) {
    struct listeners *listeners = context;
    char remote[ENDPOINT_TEXT];
    log_printf(listeners->log, LOG_DEBUG, "event=connection-lost connection=%" PRIu64 " remote=%s cause=%s",
               loss->connection, endpoint_text(&loss->remote, remote), causes[loss->cause]);
    tell_error(listeners, loss);
    tell_failure(listeners, loss);
    tell_refusal(listeners, loss);
    listeners->events.lost(listeners->events.context, loss);
}

static void on_returned(void *context, const struct stream_loss *loss, struct slice message) {
    struct listeners *listeners = context;
    listeners->events.returned(listeners->events.context, loss, message);
}

/* To the proxy it is a message that has not arrived, as a datagram is. */
static void on_expired(void *context, const struct endpoint *remote, struct slice message) {
    struct listeners *listeners = context;
    const struct udp_failure failure = {.remote = *remote, .quoted = message, .cause = CAUSE_CONNECT_TIMEOUT};
    listeners->events.undelivered(listeners->events.context, &failure);
}

/* However fast datagrams come, timers and the other listeners have their turn. */
static void on_readable(void *context) {
    struct listener *listener = context;
    const struct listener_events *events = &listener->all->events;
    bool more = true;
    for (unsigned round = 0; more && round < ROUNDS; round++) {
        more = udp_receive(listener->udp);
        more &= !events->turn(events->context);
    }
}

static void on_room(void *context) {
    struct listener *listener = context;
    const struct listener_events *events = &listener->all->events;
    flush(listener);
    events->turn(events->context);
}

/* Opening and closing. */

static int open_datagrams(struct listeners *listeners, const struct endpoint *address, struct endpoint *bound) {
    struct listener *listener = &listeners->datagrams[listeners->datagram_count];
    const struct udp_events events = {.received = listeners->events.datagram,
                                      .failed = listeners->events.undelivered,
                                      .context = listeners->events.context};
    int result = udp_open(&listener->udp, address, &events);
    if (result)
        return result;
    listener->all = listeners;
    listeners->datagram_count++;
    *bound = *udp_bound(listener->udp);
    listener->readable = loop_read(listeners->loop, udp_fd(listener->udp), on_readable, listener);
    listener->room = loop_write(listeners->loop, udp_fd(listener->udp), on_room, listener);
    return listener->readable && listener->room ? 0 : -ENOMEM;
}

static int open_one(struct listeners *listeners, const struct endpoint *address) {
    struct endpoint *bound = &listeners->endpoints[listeners->count];
    bool datagrams = address->transport == TRANSPORT_UDP;
    char text[ENDPOINT_TEXT];
    int result =
        datagrams ? open_datagrams(listeners, address, bound) : streams_listen(listeners->streams, address, bound);
    if (result)
        return result;
    listeners->count++;
    if (datagrams)
        log_printf(listeners->log, LOG_NOTICE, "event=listening transport=udp receive-buffer=%d address=%s",
                   udp_receive_buffer(listeners->datagrams[listeners->datagram_count - 1].udp),
                   endpoint_text(bound, text));
    else
        log_printf(listeners->log, LOG_NOTICE, "event=listening transport=%s address=%s",
                   transports[bound->transport].word, endpoint_text(bound, text));
    return 0;
}

static int open_all(struct listeners *listeners, const struct listen_request *request, char *reason, size_t size) {
    char text[ENDPOINT_TEXT];
    for (unsigned i = 0; i < request->count; i++) {
        const struct endpoint *address = &request->addresses[i];
        int result = open_one(listeners, address);
        if (!result || (request->may_lack && (result == -EAFNOSUPPORT || result == -EADDRNOTAVAIL)))
            continue;
        snprintf(reason, size, "cannot listen on %s:%s: %s", transports[address->transport].word,
                 endpoint_text(address, text), strerror(-result));
        return result;
    }
    return listeners->count ? 0 : -EAFNOSUPPORT;
}

int listeners_open(struct listeners *listeners, struct loop *loop, struct log *log,
                   const struct listen_request *request, const struct hash_key *key,
                   const struct listener_events *events, char *reason, size_t size) {
    const struct stream_events stream_events = {.received = on_message,
                                                .lost = on_lost,
                                                .expired = on_expired,
                                                .returned = on_returned,
                                                .turn = on_turn,
                                                .context = listeners};
    *listeners = (struct listeners){.loop = loop, .log = log, .events = *events};
    listeners->datagrams = calloc(request->count, sizeof *listeners->datagrams);
    listeners->endpoints = calloc(request->count, sizeof *listeners->endpoints);
    listeners->streams = streams_new(loop, &request->limits, key, &stream_events);
    if (!listeners->datagrams || !listeners->endpoints || !listeners->streams)
        return -ENOMEM;
    streams_secure(listeners->streams, request->tls);
    streams_set_policy(listeners->streams, &request->origins);
    return open_all(listeners, request, reason, size);
}

void listeners_close(struct listeners *listeners) {
    streams_free(listeners->streams);
    for (unsigned i = 0; i < listeners->datagram_count; i++) {
        loop_forget(listeners->datagrams[i].readable);
        loop_forget(listeners->datagrams[i].room);
        udp_close(listeners->datagrams[i].udp);
    }
    free(listeners->datagrams);
    free(listeners->endpoints);
}
