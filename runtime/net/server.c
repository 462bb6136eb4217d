/* SPDX-License-Identifier: MIT */
#include "runtime/net/server.h"

#include "runtime/net/descriptors.h"
#include "runtime/net/report.h"
#include "runtime/net/seed.h"
#include "runtime/net/server_world.h"
#include "runtime/net/tls.h"
#include "runtime/net/trace.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    DRAIN = 32 * 1000,       /* ms that running transactions get after SIGTERM: 64*T1 */
    OTHER_DESCRIPTORS = 256, /* beside connections: listeners, files */
};

#define NAME_SERVERS "/etc/resolv.conf"

/* Events. */

/* The end of every event. What is queued leaves now; what name servers said may queue more. */
static void finish_turn(void *context) {
    struct server *server = context;
    keeping_flush(&server->keeping);
    do
        listeners_settle(&server->listeners);
    while (resolver_deliver(server->resolver));
    uint64_t due = proxy_due(server->proxy), deadlines = streams_due(server->listeners.streams);
    uint64_t asked = resolver_due(server->resolver);
    if (asked < due)
        due = asked;
    if (server->draining && (proxy_idle(server->proxy) || loop_now() >= server->deadline))
        loop_stop(server->loop);
    if (server->draining && server->deadline < due)
        due = server->deadline;
    loop_due(server->loop, deadlines < due ? deadlines : due);
}

static bool on_turn(void *context) {
    struct server *server = context;
    finish_turn(server);
    return proxy_due(server->proxy) <= loop_now();
}

static void on_answered(void *context, uint32_t id, const struct dns_answer *answer) {
    struct server *server = context;
    proxy_named(server->proxy, id, answer, loop_now(), loop_unix());
}

static void on_name_servers(void *context, const struct endpoint *servers, unsigned count) {
    struct server *server = context;
    char list[512] = "", text[ENDPOINT_TEXT];
    size_t length = 0;
    for (unsigned i = 0; i < count && length < sizeof list; i++)
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", i ? "," : "",
                                   endpoint_text(&servers[i], text));
    log_printf(&server->log, LOG_NOTICE, "event=name-servers file=%s servers=%s", NAME_SERVERS, list);
    proxy_name_servers(server->proxy, loop_now());
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

static void on_message(void *context, const struct stream_message *message) {
    struct server *server = context;
    struct packet packet = {.source = message->source,
                            .local = message->local,
                            .connection = message->connection,
                            .accepted = message->accepted,
                            .bytes = message->bytes,
                            .broken = message->broken,
                            .now = loop_now(),
                            .unix_ms = loop_unix()};
    trace_message(&server->log, "received", &packet.source, &packet.local, packet.bytes);
    proxy_receive(server->proxy, &packet);
}

static void on_lost(void *context, const struct stream_loss *loss) {
    struct server *server = context;
    proxy_connection_lost(server->proxy, loss->connection, loss->cause, loop_now(), loop_unix());
}

static void on_returned(void *context, const struct stream_loss *loss, struct slice message) {
    struct server *server = context;
    proxy_returned(server->proxy, &loss->remote, message, loss->cause, loop_now(), loop_unix());
}

static void on_time(void *context) {
    struct server *server = context;
    streams_tick(server->listeners.streams);
    while (streams_settle(
        server->listeners.streams)) /* a connection that is late is the cause, not the silence behind it */
        ;
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

/* What cannot be read leaves what was read before. */
static void reload_tls(struct server *server) {
    char reason[512], text[512];
    if (!server->tls)
        return;
    if (tls_reload(server->tls, reason, sizeof reason))
        log_printf(&server->log, LOG_ERROR, "event=tls-not-reloaded error=%s",
                   log_value(slice_of(reason), text, sizeof text));
    else
        log_printf(&server->log, LOG_NOTICE, "event=tls-reloaded");
}

static void on_hangup(void *context) {
    struct server *server = context;
    record_reopen(&server->record);
    reload_tls(server);
    log_printf(&server->log, LOG_NOTICE, "event=reopened");
}

static void count(struct server *server, struct counters *counters) {
    *counters = *proxy_counters(server->proxy);
    keeping_count(&server->keeping, counters);
    listeners_count(&server->listeners, counters);
}

static void on_question(void *context, struct slice question, struct line *line) {
    struct server *server = context;
    struct counters counters;
    count(server, &counters);
    report_answer(&(const struct report){.proxy = server->proxy,
                                         .image = server->image,
                                         .counters = &counters,
                                         .plan = server->plan,
                                         .started = server->started,
                                         .now = loop_now(),
                                         .unix_ms = loop_unix(),
                                         .draining = server->draining},
                  question, line);
}

/* Opening and closing. */

/* Fewer than were asked for when the system does not have so many descriptors for us. */
static void allow_connections(struct server *server, unsigned *connections) {
    unsigned allowed = descriptors_allow(*connections + OTHER_DESCRIPTORS);
    if (allowed >= *connections + OTHER_DESCRIPTORS)
        return;
    *connections = allowed > 2 * OTHER_DESCRIPTORS ? allowed - OTHER_DESCRIPTORS : allowed / 2;
    log_printf(&server->log, LOG_WARNING, "event=connections-limited connections=%u descriptors=%u", *connections,
               allowed);
}

static int open_tls(struct tls **tls, const struct options *options, struct log *log, char *reason, size_t size) {
    bool wanted = false;
    for (unsigned i = 0; i < options->listen_count; i++)
        wanted |= transports[options->listen[i].transport].secure;
    return wanted ? tls_open(tls, &options->tls, log, reason, size) : 0;
}

static int open_listeners(struct server *server, const struct options *options, const struct hash_key *key,
                          char *reason, size_t size) {
    const struct listener_events events = {.datagram = on_datagram,
                                           .undelivered = on_failure,
                                           .message = on_message,
                                           .lost = on_lost,
                                           .returned = on_returned,
                                           .turn = on_turn,
                                           .context = server};
    struct listen_request request = {.addresses = options->listen,
                                     .count = options->listen_count,
                                     .may_lack = options->listen_default,
                                     .limits = options->limits,
                                     .tls = server->tls,
                                     .origins = options->ws_origins};
    allow_connections(server, &request.limits.connections);
    return listeners_open(&server->listeners, server->loop, &server->log, &request, key, &events, reason, size);
}

static int open_resolver(struct server *server, const struct options *options) {
    const struct channel_servers servers = {
        .list = options->resolvers, .count = options->resolver_count, .file = NAME_SERVERS};
    const struct resolver_events events = {server, on_answered, finish_turn, on_name_servers};
    return resolver_open(&server->resolver, server->loop, &servers, &events);
}

/* Seconds after which clients are to say something: less than a connection stays, for what they send may be late. */
static unsigned flow_timer(const struct options *options) {
    uint32_t seconds = options->limits.idle / 1000;
    return seconds > 1 ? seconds - seconds / 5 : 1;
}

static void make_settings(struct server *server, const struct options *options) {
    server->settings = options->settings;
    server->settings.flow_timer = flow_timer(options);
    server->settings.listeners = server->listeners.endpoints;
    server->settings.listener_count = server->listeners.count;
    use_addresses(server);
    server_world(server);
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
        result = seed_make(&seed, options->state_dir, &server->log);
    if (!result)
        result = keeping_open(&server->keeping, options->state_dir, &server->log, reason, size);
    if (!result)
        result = open_tls(&server->tls, options, &server->log, reason, size);
    if (!result)
        result = open_listeners(server, options, &seed.tables, reason, size);
    if (!result)
        result = open_resolver(server, options);
    if (result)
        return result;
    make_settings(server, options);
    server->proxy = proxy_new(&server->settings, &seed, image, &server->world);
    if (!server->proxy)
        return -ENOMEM;
    result = keeping_start(&server->keeping, server->proxy, server->settings.realm, server->loop, on_report, server,
                           reason, size);
    if (!result)
        result = console_open(&server->console, options->state_dir, server->loop, &server->log, on_question, server);
    if (result)
        return result;
    server->image = image;
    server->plan = options->plan;
    server->started = loop_now();
    log_printf(&server->log, LOG_NOTICE, "event=serving plan=%s rules=%u hash=%016" PRIx64 " pid=%ld",
               log_value(slice_of(options->plan), text, sizeof text), image->rule_count, image->header->plan_hash,
               (long)getpid());
    return 0;
}

int server_check(const struct options *options, char *reason, size_t size) {
    struct tls *tls = NULL;
    struct log log;
    log_open(&log, STDERR_FILENO, options->settings.log_level);
    reason[0] = '\0';
    int result = open_tls(&tls, options, &log, reason, size);
    if (result && !reason[0])
        snprintf(reason, size, "out of memory");
    tls_free(tls);
    return result;
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

/* A signal that comes while everything is being closed asks for what is happening already; its default action would
 * make a failure of it. */
static void end_signals(void) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, NULL);
}

void server_run(struct server *server) {
    struct counters counters;
    loop_run(server->loop);
    end_signals();
    keeping_end(&server->keeping);
    count(server, &counters);
    report_log(&counters, &server->log);
    log_printf(&server->log, LOG_NOTICE, "event=stopped running=%u", proxy_pending(server->proxy));
}

void server_close(struct server *server) {
    if (!server)
        return;
    console_close(server->console);
    proxy_free(server->proxy);
    resolver_close(server->resolver);
    listeners_close(&server->listeners);
    tls_free(server->tls);
    loop_free(server->loop);
    keeping_close(&server->keeping);
    addresses_close(&server->addresses);
    routes_close(&server->routes);
    record_close(&server->record);
    free(server);
}
