/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/proxy.h"

#include "runtime/proxy/directory.h"
#include "runtime/proxy/event.h"
#include "runtime/proxy/failover.h"
#include "runtime/proxy/guard.h"
#include "runtime/proxy/keepalive.h"
#include "runtime/proxy/registrar.h"
#include "runtime/proxy/held.h"
#include "runtime/proxy/request.h"
#include "runtime/proxy/returned.h"
#include "runtime/proxy/search.h"
#include "runtime/proxy/standing.h"
#include "runtime/proxy/tally.h"
#include "runtime/proxy/waiting.h"
#include "runtime/state/block.h"
#include "runtime/state/health.h"
#include "runtime/state/names.h"

#include <stdlib.h>

enum {
    SCRATCH_SIZE = 64 * 1024,      /* one event's memory, usually */
    SCRATCH_MAX = 8 * 1024 * 1024, /* and at most */
};

uint64_t proxy_number(struct proxy *proxy) {
    proxy->drawn++;
    return hash_keyed(&proxy->seed.numbers, &proxy->drawn, sizeof proxy->drawn);
}

/* What the transaction layer tells. */

static void client_responded(struct client_transaction *client, const struct sip_message *message,
                             const struct endpoint *source, uint64_t now) {
    (void)source;
    sequence_response(client_user(client), message, now);
}

static void client_timed_out(struct client_transaction *client, uint64_t now) {
    struct attempt *attempt = client_user(client);
    arena_reset(&attempt->call->proxy->scratch);
    sequence_timeout(attempt, CAUSE_TIMEOUT_INVITING, now);
}

/* One lost connection may bring many of both. */

static bool client_rerouted(struct client_transaction *client, enum cause cause, struct client_request *request) {
    struct attempt *attempt = client_user(client);
    arena_reset(&attempt->call->proxy->scratch);
    return attempt_reroute(attempt, cause, request);
}

static void client_failed(struct client_transaction *client, enum cause cause, uint64_t now) {
    struct attempt *attempt = client_user(client);
    arena_reset(&attempt->call->proxy->scratch);
    sequence_failed(attempt, cause, now);
}

static void client_ended(struct client_transaction *client) {
    struct attempt *attempt = client_user(client);
    arena_reset(&attempt->call->proxy->scratch);
    sequence_client_ended(attempt, attempt->call->proxy->now);
}

static void server_unacknowledged(struct server_transaction *server, uint64_t now) {
    struct call *call = server_user(server);
    (void)now;
    if (!call)
        return;
    struct proxy *proxy = call->proxy;
    struct sip_message scanned;
    arena_reset(&proxy->scratch);
    proxy_count(proxy, COUNTER_UNACKNOWLEDGED);
    EVENT(proxy, LOG_NOTICE, "unacknowledged", call_request(call, &scanned)->call_id, call->plan.rule,
          {"code", event_number(proxy, call->final)});
}

static void server_ended(struct server_transaction *server) {
    struct call *call = server_user(server);
    if (!call)
        return;
    call_hold(call);
    call->server = NULL;
    call_release(call);
}

static const struct transaction_events events = {
    .response = client_responded,
    .timeout = client_timed_out,
    .reroute = client_rerouted,
    .failed = client_failed,
    .unacknowledged = server_unacknowledged,
    .client_ended = client_ended,
    .server_ended = server_ended,
};

/* The object. */

struct proxy *proxy_new(const struct proxy_settings *settings, const struct proxy_seed *seed, const struct image *image,
                        const struct world *world) {
    struct proxy *proxy = calloc(1, sizeof *proxy);
    char *scratch = malloc(SCRATCH_SIZE);
    if (!proxy || !scratch) {
        free(proxy);
        free(scratch);
        return NULL;
    }
    proxy->settings = settings;
    proxy->seed = *seed;
    flow_key_init(&proxy->flows, &seed->dialogs);
    proxy->image = image;
    proxy->world = world;
    arena_init(&proxy->scratch, scratch, SCRATCH_SIZE, SCRATCH_MAX);
    const struct transactions_world below = {
        .context = world->context, .send = world->send, .withdraw = world->withdraw};
    proxy->timers = timers_new();
    proxy->rx = rx_scratch_new();
    if (proxy->timers && proxy->rx)
        proxy->transactions = transactions_new(&settings->timers, &seed->tables, proxy->timers, &below, &events);
    if (proxy->transactions && registrar_open(proxy) == 0 && tally_open(proxy) == 0 && guard_open(proxy) == 0 &&
        directory_open(proxy) == 0 && standing_open(proxy) == 0 && search_open(proxy) == 0)
        return proxy;
    proxy_free(proxy);
    return NULL;
}

void proxy_free(struct proxy *proxy) {
    if (!proxy)
        return;
    while (proxy->calls)
        call_free(proxy->calls);
    held_free_all(proxy);
    returned_free_all(proxy);
    waiting_free(proxy);
    registrar_close(proxy);
    tally_close(proxy);
    guard_close(proxy);
    standing_close(proxy);
    search_close(proxy);
    if (proxy->transactions)
        transactions_free(proxy->transactions);
    if (proxy->timers)
        timers_free(proxy->timers);
    directory_close(proxy);
    rx_scratch_free(proxy->rx);
    char *scratch = proxy->scratch.first;
    arena_free(&proxy->scratch);
    free(scratch);
    free(proxy);
}

/* Events in. */

static void begin(struct proxy *proxy, uint64_t now, int64_t unix_ms) {
    arena_reset(&proxy->scratch);
    proxy->now = now;
    proxy->unix_ms = unix_ms;
}

static void receive_response(struct proxy *proxy, const struct packet *packet, const struct sip_message *message) {
    proxy_count(proxy, COUNTER_RESPONSES);
    if (transactions_response(proxy->transactions, message, &packet->source, packet->now) ||
        keepalive_answered(proxy, message))
        return;
    proxy_count(proxy, COUNTER_STRAY_RESPONSES);
    EVENT(proxy, LOG_DEBUG, "stray-response", message->call_id, -1, {"source", event_endpoint(proxy, &packet->source)},
          {"code", event_number(proxy, message->status)});
}

/* What has come of a message whose end is unknown: nothing of it counts but whom to answer. */
static struct scan_result judge_broken(const struct sip_message *message, enum scan_verdict verdict,
                                       const struct stream_fault *fault) {
    if (verdict == SCAN_OK)
        verdict = message->request && message->method != METHOD_ACK ? SCAN_REFUSED : SCAN_SILENT;
    return (struct scan_result){verdict, fault->code, fault->reason};
}

static void receive(struct proxy *proxy, const struct packet *packet, struct sip_message *message,
                    struct scan_result scan) {
    if (packet->broken.code)
        scan = judge_broken(message, scan.verdict, &packet->broken);
    switch (scan.verdict) {
    case SCAN_OK:
        if (!message->request) {
            receive_response(proxy, packet, message);
            break;
        }
        proxy_count(proxy, COUNTER_REQUESTS);
        request_arrives(proxy, packet, message, NULL);
        break;
    case SCAN_REFUSED:
        proxy_count(proxy, COUNTER_MALFORMED);
        if (guard_refuses(proxy, &packet->source.ip)) {
            proxy_count(proxy, COUNTER_BLOCKED);
            break;
        }
        request_refused(proxy, packet, message, scan.code, scan.reason);
        break;
    case SCAN_SILENT:
        proxy_count(proxy, COUNTER_MALFORMED);
        EVENT(proxy, LOG_DEBUG, "malformed", SLICE_NULL, -1, {"source", event_endpoint(proxy, &packet->source)},
              {"reason", slice_of(scan.reason)});
        break;
    case SCAN_KEEPALIVE: break;
    }
}

/* Whoever gets it next reads the lines that we have read. */
static void receive_mended(struct proxy *proxy, const struct packet *packet, const struct sip_message *message) {
    struct sip_message again;
    struct packet mended = *packet;
    mended.bytes = (struct slice){proxy->mended, scan_mend(message, proxy->mended)};
    receive(proxy, &mended, &again, scan_message(&again, mended.bytes.at, mended.bytes.len));
}

void proxy_receive(struct proxy *proxy, const struct packet *packet) {
    struct sip_message message;
    begin(proxy, packet->now, packet->unix_ms);
    if (keepalive_asked(proxy, packet))
        return;
    struct scan_result scan = scan_message(&message, packet->bytes.at, packet->bytes.len);
    if (message.bare && scan.verdict != SCAN_SILENT)
        receive_mended(proxy, packet, &message);
    else
        receive(proxy, packet, &message, scan);
}

void proxy_unreachable(struct proxy *proxy, const struct endpoint *remote, struct slice quoted, enum cause cause,
                       uint64_t now, int64_t unix_ms) {
    begin(proxy, now, unix_ms);
    if (transactions_unreachable(proxy->transactions, remote, quoted, cause, now))
        return;
    proxy_count(proxy, COUNTER_LATE_FAILURES);
    EVENT(proxy, LOG_DEBUG, "late-failure", SLICE_NULL, -1, {"destination", event_endpoint(proxy, remote)},
          {"cause", slice_of(causes[cause])});
}

void proxy_connection_lost(struct proxy *proxy, uint64_t connection, enum cause cause, uint64_t now, int64_t unix_ms) {
    begin(proxy, now, unix_ms);
    location_cut(proxy->locations, connection);
    proxy->counters.values[COUNTER_LATE_FAILURES] += transactions_lost(proxy->transactions, connection, cause, now);
}

/* Nobody connects to a browser, by what name ever. */
void proxy_returned(struct proxy *proxy, const struct endpoint *remote, struct slice bytes, enum cause cause,
                    uint64_t now, int64_t unix_ms) {
    begin(proxy, now, unix_ms);
    if (cause != CAUSE_FLOW_FAILED)
        returned_take(proxy, remote, bytes, now);
}

uint64_t proxy_due(const struct proxy *proxy) {
    return timers_due(proxy->timers);
}

void proxy_tick(struct proxy *proxy, uint64_t now, int64_t unix_ms) {
    begin(proxy, now, unix_ms);
    timers_run(proxy->timers, now);
}

void proxy_load(struct proxy *proxy, const struct store_row *row, uint64_t now, int64_t unix_ms) {
    begin(proxy, now, unix_ms);
    switch (row->kind) {
    case STORE_USER:
    case STORE_ALIAS: directory_load(proxy, row); break;
    case STORE_BINDING: registrar_load(proxy, &row->binding, row->gone); break;
    case STORE_BLOCK: guard_load(proxy, &row->block, row->gone); break;
    case STORE_SETTING:
    case STORE_KINDS: break;
    }
}

void proxy_kept(struct proxy *proxy, uint64_t ticket, uint64_t now, int64_t unix_ms) {
    begin(proxy, now, unix_ms);
    waiting_answer_up_to(proxy, ticket);
}

void proxy_named(struct proxy *proxy, uint32_t id, const struct dns_answer *answer, uint64_t now, int64_t unix_ms) {
    begin(proxy, now, unix_ms);
    names_answered(proxy->names, id, answer, now);
}

void proxy_name_servers(struct proxy *proxy, uint64_t now) {
    names_doubt(proxy->names, now);
}

void proxy_drain(struct proxy *proxy) {
    proxy->draining = true;
}

bool proxy_idle(const struct proxy *proxy) {
    return proxy_pending(proxy) == 0 && !proxy->held && !timer_running(&proxy->acknowledging);
}

unsigned proxy_pending(const struct proxy *proxy) {
    return transactions_pending(proxy->transactions);
}

unsigned proxy_live(const struct proxy *proxy) {
    return transactions_count(proxy->transactions) + proxy->call_count + proxy->waiting_count + proxy->held_count +
           proxy->returned_count + locations_count(proxy->locations) + sessions_live(proxy->sessions);
}

struct proxy_status proxy_status(const struct proxy *proxy, uint64_t now) {
    return (struct proxy_status){.calls = proxy->call_count,
                                 .sessions = sessions_count(proxy->sessions),
                                 .transactions = transactions_count(proxy->transactions),
                                 .registrations = locations_count(proxy->locations),
                                 .blocks = blocks_count(proxy->blocks),
                                 .targets = health_count(proxy->health, now)};
}

const struct health *proxy_health(const struct proxy *proxy) {
    return proxy->health;
}

const struct counters *proxy_counters(const struct proxy *proxy) {
    return &proxy->counters;
}
