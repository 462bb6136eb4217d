/* SPDX-License-Identifier: MIT */
#include "runtime/net/server.h"

#include "runtime/net/addresses.h"
#include "runtime/net/keeping.h"
#include "runtime/net/key.h"
#include "runtime/net/log.h"
#include "runtime/net/loop.h"
#include "runtime/net/record.h"
#include "runtime/net/route.h"
#include "runtime/net/trace.h"
#include "runtime/net/udp.h"
#include "runtime/net/zone.h"
#include "runtime/proxy/counters.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    DRAIN = 32 * 1000, /* ms that running transactions get after SIGTERM: 64*T1 */
    ROUNDS = 8,        /* batches from one listener before the others have their turn */
    TELLING = 1000,    /* ms between two lines about lost datagrams */
};

struct listener {
    struct server *server;
    struct udp_listener *udp;
    struct loop_watch *room; /* awake while the socket's buffer is full */
    bool blocked;
};

struct server {
    struct loop *loop;
    struct log log;
    struct record record;
    struct zones zones;
    struct routes routes;
    struct listener *listeners;
    struct endpoint *endpoints; /* of the listeners, as bound */
    unsigned listener_count;
    struct addresses addresses;
    struct keeping keeping;
    struct proxy_settings settings;
    struct world world;
    struct proxy *proxy;
    bool draining;
    uint64_t deadline;
    uint64_t homeless;      /* datagrams that no listener could send */
    struct udp_losses told; /* of the datagrams lost so far, those that the log knows of */
    uint64_t telling;       /* when the log may be told of more */
};

/* The world, as the proxy sees it. */

static struct listener *listener_of(struct server *server, const struct endpoint *local) {
    struct listener *wildcard = NULL;
    for (unsigned i = 0; i < server->listener_count; i++) {
        const struct endpoint *bound = &server->endpoints[i];
        if (bound->port != local->port || bound->ip.family != local->ip.family)
            continue;
        if (ip_equal(&bound->ip, &local->ip))
            return &server->listeners[i];
        if (ip_is_unspecified(&bound->ip))
            wildcard = &server->listeners[i];
    }
    return wildcard;
}

/* A datagram that finds no room is lost like one on the way: SIP repeats it. */
static void world_send(void *context, const struct endpoint *local, const struct endpoint *remote, struct slice bytes) {
    struct server *server = context;
    struct listener *listener = listener_of(server, local);
    if (!listener)
        server->homeless++;
    else if (udp_queue(listener->udp, local, remote, bytes))
        trace_message(&server->log, "sent", local, remote, bytes);
}

/* The listener that the kernel's way to `remote`, or the place that is wanted, leads through, and the address it has there. */
static enum cause find_listener(struct server *server, const struct endpoint *remote, const struct endpoint *wanted,
                                const struct endpoint **listener, struct ip_address *local) {
    unsigned count = server->listener_count;
    *local = wanted ? wanted->ip : (struct ip_address){.family = remote->ip.family};
    unsigned n = wanted ? routes_wanted(server->endpoints, count, remote, wanted)
                        : routes_listener(server->endpoints, count, remote, local);
    if (n == count)
        return CAUSE_TRANSPORT_UNSUPPORTED;
    if (!wanted) {
        enum cause cause = routes_source(&server->routes, remote, loop_now(), local);
        if (cause != CAUSE_NONE)
            return cause;
        n = routes_listener(server->endpoints, count, remote, local);
    }
    *listener = &server->endpoints[n];
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
    route->port = server->settings.advertise_port ? server->settings.advertise_port : route->local.port;
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

/* Events. */

static void on_room(void *context);

static void flush(struct listener *listener) {
    bool blocked = udp_flush(listener->udp) == UDP_BLOCKED;
    if (blocked && !listener->blocked)
        loop_wake(listener->room);
    if (!blocked && listener->blocked)
        loop_sleep(listener->room);
    listener->blocked = blocked;
}

/* What never reached the proxy or the network. */
static void tell_losses(struct server *server) {
    struct udp_losses losses = {.sent = server->homeless};
    for (unsigned i = 0; i < server->listener_count; i++) {
        struct udp_losses more = udp_losses(server->listeners[i].udp);
        losses.received += more.received;
        losses.sent += more.sent;
    }
    if (losses.received == server->told.received && losses.sent == server->told.sent)
        return;
    if (loop_now() < server->telling)
        return;
    log_printf(&server->log, LOG_WARNING, "event=datagrams-lost received=%" PRIu64 " sent=%" PRIu64,
               losses.received - server->told.received, losses.sent - server->told.sent);
    server->told = losses;
    server->telling = loop_now() + TELLING;
}

/* The end of every event. What is queued leaves now; a send that fails is told to the proxy, which
 * queues the next attempt: until nothing is left, so that it leaves in this turn too. */
static void finish_turn(struct server *server) {
    bool again = true;
    keeping_flush(&server->keeping);
    while (again) {
        again = false;
        for (unsigned i = 0; i < server->listener_count; i++) {
            struct listener *listener = &server->listeners[i];
            if (listener->blocked || !udp_pending(listener->udp))
                continue;
            flush(listener);
            again = true;
        }
    }
    tell_losses(server);
    uint64_t due = proxy_due(server->proxy);
    if (server->draining && (proxy_idle(server->proxy) || loop_now() >= server->deadline))
        loop_stop(server->loop);
    if (server->draining && server->deadline < due)
        due = server->deadline;
    loop_due(server->loop, due);
}

static void on_datagram(void *context, const struct udp_datagram *datagram) {
    struct server *server = context;
    struct packet packet = {.source = datagram->source,
                            .local = datagram->local,
                            .bytes = datagram->bytes,
                            .now = loop_now(),
                            .unix_ms = loop_unix()};
    trace_message(&server->log, "received", &packet.source, &packet.local, packet.bytes);
    proxy_receive(server->proxy, &packet);
}

static void on_failure(void *context, const struct udp_failure *failure) {
    struct server *server = context;
    char remote[ENDPOINT_TEXT];
    log_printf(&server->log, LOG_DEBUG, "event=undelivered to=%s cause=%s", endpoint_text(&failure->remote, remote),
               causes[failure->cause]);
    proxy_unreachable(server->proxy, &failure->remote, failure->quoted, failure->cause, loop_now(), loop_unix());
}

/* However fast datagrams come, timers and the other listeners have their turn. */
static void on_readable(void *context) {
    struct listener *listener = context;
    struct server *server = listener->server;
    bool more = true;
    for (unsigned round = 0; more && round < ROUNDS; round++) {
        more = udp_receive(listener->udp);
        finish_turn(server);
        if (proxy_due(server->proxy) <= loop_now())
            return;
    }
}

static void on_room(void *context) {
    struct listener *listener = context;
    flush(listener);
    finish_turn(listener->server);
}

static void on_time(void *context) {
    struct server *server = context;
    proxy_tick(server->proxy, loop_now(), loop_unix());
    finish_turn(server);
}

static void on_report(void *context) {
    finish_turn(context);
}

static void on_end(void *context) {
    struct server *server = context;
    if (server->draining) {
        log_printf(&server->log, LOG_NOTICE, "event=stopping running=%u", proxy_pending(server->proxy));
        loop_stop(server->loop);
        return;
    }
    server->draining = true;
    server->deadline = loop_now() + DRAIN;
    log_printf(&server->log, LOG_NOTICE, "event=draining running=%u", proxy_pending(server->proxy));
    proxy_drain(server->proxy);
    finish_turn(server);
}

static void use_addresses(struct server *server) {
    server->settings.addresses = server->addresses.list;
    server->settings.address_count = server->addresses.count;
}

/* Another set of addresses is another set of ways out, too. */
static void on_addresses(void *context) {
    struct server *server = context;
    int result = addresses_refresh(&server->addresses);
    if (result)
        log_printf(&server->log, LOG_WARNING, "event=addresses-not-read error=\"%s\"", strerror(-result));
    use_addresses(server);
    routes_forget(&server->routes);
    log_printf(&server->log, LOG_INFO, "event=addresses count=%u", server->addresses.count);
}

static void on_hangup(void *context) {
    struct server *server = context;
    record_reopen(&server->record);
    log_printf(&server->log, LOG_NOTICE, "event=reopened");
}

/* Opening and closing. */

/* A machine without IPv6 (or IPv4) is none to complain about when nobody asked for an address of
 * it. */
static bool may_lack(const struct options *options, int error) {
    return options->listen_default && (error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL);
}

static int open_listener(struct server *server, const struct endpoint *address) {
    struct listener *listener = &server->listeners[server->listener_count];
    const struct udp_events events = {.received = on_datagram, .failed = on_failure, .context = server};
    char text[ENDPOINT_TEXT];
    int result = udp_open(&listener->udp, address, &events);
    if (result)
        return result;
    listener->server = server;
    server->endpoints[server->listener_count++] = *udp_bound(listener->udp);
    listener->room = loop_write(server->loop, udp_fd(listener->udp), on_room, listener);
    if (!listener->room || !loop_read(server->loop, udp_fd(listener->udp), on_readable, listener))
        return -ENOMEM;
    log_printf(&server->log, LOG_NOTICE, "event=listening transport=udp receive-buffer=%d address=%s",
               udp_receive_buffer(listener->udp), endpoint_text(udp_bound(listener->udp), text));
    return 0;
}

static int open_listeners(struct server *server, const struct options *options, char *reason, size_t size) {
    char text[ENDPOINT_TEXT];
    server->listeners = calloc(options->listen_count, sizeof *server->listeners);
    server->endpoints = calloc(options->listen_count, sizeof *server->endpoints);
    if (!server->listeners || !server->endpoints)
        return -ENOMEM;
    for (unsigned i = 0; i < options->listen_count; i++) {
        int result = open_listener(server, &options->listen[i]);
        if (!result || may_lack(options, result))
            continue;
        snprintf(reason, size, "cannot listen on udp:%s: %s", endpoint_text(&options->listen[i], text),
                 strerror(-result));
        return result;
    }
    return server->listener_count ? 0 : -EAFNOSUPPORT;
}

/* A key that cannot be kept serves this run: dialogs of before or after it will not be recognised.
 */
static int make_seed(struct server *server, struct proxy_seed *seed, const char *directory) {
    char text[256];
    int result = key_random(&seed->tables);
    if (!result)
        result = key_random(&seed->numbers);
    if (result)
        return result;
    int kept = key_kept(&seed->dialogs, directory);
    if (kept) {
        log_printf(&server->log, LOG_WARNING,
                   "event=key-not-kept directory=%s error=\"%s\" consequence=\"dialogs end with "
                   "this run\"",
                   log_value(slice_of(directory), text, sizeof text),
                   kept == -EBADMSG ? "dialog.key is no key" : strerror(-kept));
        result = key_random(&seed->dialogs);
    }
    return result;
}

static void make_settings(struct server *server, const struct options *options) {
    server->settings = options->settings;
    server->settings.listeners = server->endpoints;
    server->settings.listener_count = server->listener_count;
    use_addresses(server);
    server->world = (struct world){
        .context = server,
        .send = world_send,
        .route = world_route,
        .local_time = world_local_time,
        .log = world_log,
        .record = world_record,
        .keep = server->keeping.store ? world_keep : NULL,
        .commit = server->keeping.store ? world_commit : NULL,
    };
}

static int watch(struct server *server) {
    /* Both are errors of the write that met them. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    if (server->addresses.news >= 0 && !loop_read(server->loop, server->addresses.news, on_addresses, server))
        return -ENOMEM;
    if (loop_signal(server->loop, SIGTERM, on_end, server) || loop_signal(server->loop, SIGINT, on_end, server) ||
        loop_signal(server->loop, SIGHUP, on_hangup, server))
        return -ENOMEM;
    loop_time(server->loop, on_time, server);
    return 0;
}

static int open_all(struct server *server, const struct options *options, const struct image *image, char *reason,
                    size_t size) {
    struct proxy_seed seed;
    char text[256];
    server->addresses.news = server->record.fd = -1;
    log_open(&server->log, STDERR_FILENO, options->settings.log_level);
    routes_open(&server->routes);
    int result = record_open(&server->record, options->cdr, &server->log);
    if (result) {
        snprintf(reason, size, "cannot write records to %s: %s", options->cdr, strerror(-result));
        return result;
    }
    result = addresses_open(&server->addresses);
    if (result)
        return result;
    server->loop = loop_new();
    result = server->loop ? watch(server) : -ENOMEM;
    if (!result)
        result = make_seed(server, &seed, options->state_dir);
    if (!result)
        result = keeping_open(&server->keeping, options->state_dir, &server->log, reason, size);
    if (!result)
        result = open_listeners(server, options, reason, size);
    if (result)
        return result;
    make_settings(server, options);
    server->proxy = proxy_new(&server->settings, &seed, image, &server->world);
    if (!server->proxy)
        return -ENOMEM;
    result = keeping_start(&server->keeping, server->proxy, server->settings.realm, server->loop, on_report, server,
                           reason, size);
    if (result)
        return result;
    log_printf(&server->log, LOG_NOTICE, "event=serving plan=%s rules=%u hash=%016" PRIx64 " pid=%ld",
               log_value(slice_of(options->plan), text, sizeof text), image->rule_count, image->header->plan_hash,
               (long)getpid());
    return 0;
}

struct server *server_open(const struct options *options, const struct image *image, char *reason, size_t size) {
    struct server *server = calloc(1, sizeof *server);
    reason[0] = '\0';
    int result = server ? open_all(server, options, image, reason, size) : -ENOMEM;
    if (!result)
        return server;
    if (!reason[0])
        snprintf(reason, size, "cannot start: %s", strerror(-result));
    server_close(server);
    return NULL;
}

/* All of them in one line: name=value. */
static void log_counters(struct server *server) {
    struct counters counters = *proxy_counters(server->proxy);
    char text[LOG_LINE_MAX];
    keeping_count(&server->keeping, &counters);
    size_t length = (size_t)snprintf(text, sizeof text, "event=counters");
    for (unsigned i = 0; i < COUNTER_COUNT && length < sizeof text; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, " %s=%" PRIu64, counter_rows[i].name,
                                   counters.values[i]);
    log_line(&server->log, LOG_NOTICE, slice_of(text));
}

/* A signal that comes while everything is being closed asks for what is happening already; its
 * default action would make a failure of it. */
static void end_signals(void) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
}

void server_run(struct server *server) {
    loop_run(server->loop);
    end_signals();
    keeping_end(&server->keeping);
    log_counters(server);
    log_printf(&server->log, LOG_NOTICE, "event=stopped running=%u", proxy_pending(server->proxy));
}

void server_close(struct server *server) {
    if (!server)
        return;
    proxy_free(server->proxy);
    loop_free(server->loop);
    keeping_close(&server->keeping);
    for (unsigned i = 0; i < server->listener_count; i++)
        udp_close(server->listeners[i].udp);
    free(server->listeners);
    free(server->endpoints);
    addresses_close(&server->addresses);
    routes_close(&server->routes);
    record_close(&server->record);
    free(server);
}
