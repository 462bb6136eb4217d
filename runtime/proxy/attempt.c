/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/attempt.h"

#include "runtime/proxy/auth.h"
#include "runtime/proxy/branch.h"
#include "runtime/proxy/breadth.h"
#include "runtime/proxy/call.h"
#include "runtime/proxy/event.h"
#include "runtime/proxy/failover.h"
#include "runtime/proxy/forward.h"
#include "runtime/proxy/search.h"
#include "runtime/proxy/standing.h"
#include "runtime/proxy/sides.h"
#include "runtime/proxy/way.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/* ms for a connection that the destination did not ask for (18.1.1). */
enum { SWITCH_PATIENCE = 1000 };

struct slice attempt_uri(const struct attempt *attempt) {
    return attempt->target->uri.at ? attempt->target->uri : attempt->call->route.uri;
}

static uint32_t since_start(const struct call *call, uint64_t now) {
    uint64_t passed = now - call->started;
    return passed < UINT32_MAX ? (uint32_t)passed : UINT32_MAX - 1;
}

static struct attempt *attempt_of_progress(struct timer *timer) {
    return (struct attempt *)(void *)((char *)timer - offsetof(struct attempt, progress));
}

static struct attempt *attempt_of_timer_c(struct timer *timer) {
    return (struct attempt *)(void *)((char *)timer - offsetof(struct attempt, timer_c));
}

static void progress_fires(struct timer *timer, uint64_t now) {
    struct attempt *attempt = attempt_of_progress(timer);
    arena_reset(&attempt->call->proxy->scratch);
    if (attempt->searching) {
        search_late(attempt->call->places->search);
        sequence_failed(attempt, CAUSE_DNS_TIMEOUT, now);
        return;
    }
    enum cause cause = attempt->ringing               ? CAUSE_TIMEOUT_RINGING
                       : attempt->first != UINT32_MAX ? CAUSE_TIMEOUT_PROVISIONAL
                                                      : CAUSE_TIMEOUT_INVITING;
    sequence_timeout(attempt, cause, now);
}

static void timer_c_fires(struct timer *timer, uint64_t now) {
    struct attempt *attempt = attempt_of_timer_c(timer);
    arena_reset(&attempt->call->proxy->scratch);
    sequence_timeout(attempt, CAUSE_TIMEOUT_CALL, now);
}

/* Timers that are 0 or that the news so far have switched off (&failover.after) do not run. */
static void start_progress(struct attempt *attempt, uint32_t delay, uint64_t now) {
    if (delay)
        timer_set(attempt->call->proxy->timers, &attempt->progress, now, delay, progress_fires);
}

/* The inviting time: for a failover sequence, and for a list of targets (language.md 4). 0: the
 * transaction's own. */
static uint32_t inviting_time(const struct call *call) {
    const struct attempt *first = call->attempts;
    bool several = call->targets || (first && first->target != call->newest->target);
    return call->plan.session || several ? call->plan.failover.inviting : 0;
}

/* When its entry began: the attempts at the places of a name stand one behind the other. One that was held down, and is
 * tried after all others, begins anew. */
static uint32_t entry_start(const struct attempt *attempt) {
    const struct attempt *first = attempt->call->attempts;
    for (const struct attempt *one = first; one != attempt; one = one->next)
        if (one->next->target != one->target)
            first = one->next;
    return first->start;
}

/* The same for this attempt. That of a name runs from its first attempt, while it is searched for too; the places that
 * are left share what is left of it. */
static uint32_t inviting_share(const struct attempt *attempt, uint64_t now) {
    const struct call *call = attempt->call;
    const struct places *places = call->places;
    uint32_t whole = inviting_time(call);
    if (!places)
        return whole;
    uint32_t passed = since_start(call, now) - entry_start(attempt);
    whole = whole ? whole : 64 * call->proxy->settings->timers.t1;
    uint32_t left = whole > passed ? whole - passed : 0;
    uint32_t share = places->count ? left / (uint32_t)(places->count - places->next + 1) : left;
    return share ? share : 1;
}

/* Until when it waits for a connection; 0: as long as the world does. */
static uint64_t find_until(const struct attempt *attempt, uint64_t now) {
    uint32_t patience = attempt->switched ? SWITCH_PATIENCE : inviting_share(attempt, now);
    return patience ? now + patience : 0;
}

/* How it leaves for its place. */
static enum cause find_route(const struct attempt *attempt, struct world_route *out) {
    return way_out(attempt->call, attempt->target, &attempt->remote, out);
}

static struct slice find_name(const struct attempt *attempt) {
    const struct call *call = attempt->call;
    struct sip_message scanned;
    return way_name(call->proxy, attempt->target, &attempt->remote, call_request(call, &scanned));
}

/* The request that leaves by `via`; the null slice: why not, in *cause. */
static struct slice build(struct attempt *attempt, const struct world_route *via, struct slice branch,
                          enum cause *cause) {
    struct call *call = attempt->call;
    struct proxy *proxy = call->proxy;
    const struct target *target = attempt->target;
    struct sip_message scanned;
    const struct sip_message *request = call_request(call, &scanned);
    struct sides sides;
    int error;
    *cause = sides_find(&sides, attempt, request, via);
    if (*cause)
        return SLICE_NULL;
    struct forward forward = {
        .request = request,
        .source = &call->source,
        .route = &call->route,
        .by_route = target->by_route,
        .uri = attempt_uri(attempt),
        .to = target->to,
        .to_is_uri = target->to_is_uri,
        .set = call->plan.set,
        .via = via,
        .transport = attempt->remote.transport,
        .remote = &attempt->remote.ip,
        .name = find_name(attempt),
        .branch = branch,
        .record_route = sides.recorded,
        .back = sides.back.port ? &sides.back : NULL,
        .to_callee = sides.to_callee ? &sides.callee : NULL,
        .to_caller = sides.to_caller ? &sides.caller : NULL,
        .path = target->way ? target->way->path : SLICE_NULL,
        .contact = sides.recorded && call->moved,
        .edge = sides.edge,
        .dialogs = &proxy->seed.dialogs,
        .flows = &proxy->flows,
        .breadth = attempt->breadth,
        .realm = auth_realm(proxy),
    };
    struct slice bytes = forward_build(&proxy->scratch, &forward, &error);
    *cause = bytes.at ? CAUSE_NONE : error == -ENOMEM ? CAUSE_LOCAL_LIMIT : CAUSE_REQUEST_UNBUILDABLE;
    return bytes;
}

/* 18.1.1: too long for a datagram, which nobody has asked for by name. Where no listener carries TCP it stays one, and
 * through a NAT nothing but datagrams would pass. */
static bool switch_to_stream(struct attempt *attempt, size_t length, struct world_route *via) {
    const struct target *target = attempt->target;
    if (attempt->remote.transport != TRANSPORT_UDP || target->transport == TRANSPORT_UDP ||
        length <= FORWARD_DATAGRAM_MAX || (target->way && target->way->nat))
        return false;
    attempt->remote.transport = TRANSPORT_TCP;
    attempt->switched = find_route(attempt, via) == CAUSE_NONE;
    if (!attempt->switched)
        attempt->remote.transport = TRANSPORT_UDP;
    return attempt->switched;
}

static enum cause send_request(struct attempt *attempt, const struct world_route *via, uint64_t now) {
    const struct call *call = attempt->call;
    struct sip_message scanned;
    struct world_route stream;
    char text[BRANCH_LENGTH];
    const struct slice branch = {text, sizeof text};
    enum cause cause;
    branch_text(proxy_number(call->proxy), call->loop, text);
    struct slice bytes = build(attempt, via, branch, &cause);
    if (bytes.at && switch_to_stream(attempt, bytes.len, &stream)) {
        via = &stream;
        bytes = build(attempt, via, branch, &cause);
    }
    if (!bytes.at)
        return cause;
    const struct sip_message *request = call_request(call, &scanned);
    const struct client_request sent = {
        .bytes = bytes,
        .branch = branch,
        .method = request->method,
        .method_name = request->method_name,
        .flow = {.local = via->local,
                 .remote = attempt->remote,
                 .connection = way_connection(call->proxy, attempt->target, &attempt->remote),
                 .until = find_until(attempt, now),
                 .name = find_name(attempt)},
        .timeout = call->invite ? inviting_share(attempt, now) : 0,
        .user = attempt,
    };
    attempt->client = client_new(call->proxy->transactions, &sent, now);
    return attempt->client ? CAUSE_NONE : CAUSE_LOCAL_LIMIT;
}

bool attempt_reroute(struct attempt *attempt, enum cause cause, struct client_request *request) {
    struct call *call = attempt->call;
    struct world_route via;
    struct sip_message scanned;
    if (!attempt->switched || attempt->state != ATTEMPT_RUNNING)
        return false;
    EVENT(call->proxy, LOG_INFO, "back-to-udp", call_request(call, &scanned)->call_id, call->plan.rule,
          {"uri", attempt_uri(attempt)}, {"destination", event_endpoint(call->proxy, &attempt->remote)},
          {"cause", slice_of(causes[cause])});
    attempt->switched = false;
    attempt->remote.transport = TRANSPORT_UDP;
    if (find_route(attempt, &via) != CAUSE_NONE)
        return false;
    request->flow = (struct sip_flow){.local = via.local, .remote = attempt->remote};
    request->bytes = build(attempt, &via, client_branch(attempt->client), &cause);
    return request->bytes.at != NULL;
}

static void note_start(struct attempt *attempt) {
    struct call *call = attempt->call;
    struct proxy *proxy = call->proxy;
    proxy_count(proxy, COUNTER_ATTEMPTS);
    if (call->attempts != attempt)
        proxy_count(proxy, COUNTER_FAILOVERS);
    if (!event_wanted(proxy, LOG_INFO))
        return;
    struct sip_message scanned;
    const struct sip_message *request = call_request(call, &scanned);
    bool found = attempt->remote.ip.family != 0;
    EVENT(proxy, LOG_INFO, "attempt", request->call_id, call->plan.rule, {"method", request->method_name},
          {"uri", attempt_uri(attempt)},
          {"destination", found ? event_endpoint(proxy, &attempt->remote) : attempt->target->hop},
          {"transport", found ? slice_of(transports[attempt->remote.transport].name) : SLICE_NULL});
}

unsigned attempt_code(enum cause cause) {
    return cause == CAUSE_NOT_FOUND ? 404 : cause == CAUSE_NOT_REGISTERED ? 480 : cause == CAUSE_BREADTH ? 440 : 0;
}

static void end_unsent(struct attempt *attempt, enum cause cause, uint64_t now) {
    note_start(attempt);
    attempt_end(attempt, cause, attempt_code(cause), now);
}

static void send_now(struct attempt *attempt, uint64_t now) {
    struct call *call = attempt->call;
    struct world_route via;
    enum cause cause = standing_ask(attempt, now);
    if (!cause)
        cause = find_route(attempt, &via);
    if (!cause) {
        attempt->breadth = (uint8_t)breadth_share(call->breadth);
        cause = attempt->breadth ? send_request(attempt, &via, now) : CAUSE_BREADTH;
    }
    if (cause) {
        attempt->breadth = 0;
        end_unsent(attempt, cause, now);
        return;
    }
    note_start(attempt);
    call->breadth -= attempt->breadth;
    if (call->invite)
        timer_set(call->proxy->timers, &attempt->timer_c, now, call->proxy->settings->timer_c, timer_c_fires);
    else
        start_progress(attempt, inviting_share(attempt, now), now);
}

/* The next place of a name. */
static void try_place(struct attempt *attempt, uint64_t now) {
    const struct call *call = attempt->call;
    attempt->remote = call->places->at[call->places->next++];
    enum cause cause = way_place(call->proxy, attempt->target, &attempt->remote);
    cause ? end_unsent(attempt, cause, now) : send_now(attempt, now);
}

static void found(void *owner, struct places *places, enum cause cause, uint64_t now) {
    struct attempt *attempt = owner;
    struct call *call = attempt->call;
    free(call->places); /* it knew of the search alone */
    call->places = places;
    timer_stop(call->proxy->timers, &attempt->progress);
    attempt->searching = false;
    call_hold(call);
    places ? try_place(attempt, now) : end_unsent(attempt, cause, now);
    sequence_started(attempt, now);
    call_release(call);
}

/* Has anybody else than the plan named its destination? */
static bool is_guests(const struct attempt *attempt) {
    const struct call *call = attempt->call;
    const struct target *target = attempt->target;
    return !call->initial || target->way || target->by_route || target->redirected ||
           target->hop.at == call->route.uri.at;
}

static void search_places(struct attempt *attempt, const struct locate_request *name, uint64_t now) {
    struct call *call = attempt->call;
    struct sip_message scanned;
    struct search *search;
    const struct search_asker asker = {attempt, found, call_request(call, &scanned)->call_id, is_guests(attempt)};
    enum cause cause = search_begin(call->proxy, name, &asker, &search, &call->places, now);
    if (search) {
        call->places = calloc(1, sizeof *call->places);
        cause = call->places ? CAUSE_NONE : CAUSE_LOCAL_LIMIT;
    }
    if (cause) {
        search_free(search);
        end_unsent(attempt, cause, now);
    } else if (!search) {
        try_place(attempt, now);
    } else {
        call->places->search = search;
        attempt->searching = true;
        start_progress(attempt, inviting_share(attempt, now), now);
    }
}

struct attempt *attempt_start(struct call *call, struct target *target, uint64_t now) {
    struct attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt)
        return NULL;
    attempt->call = call;
    attempt->target = target;
    attempt->start = since_start(call, now);
    attempt->first = attempt->end = UINT32_MAX;
    if (call->newest)
        call->newest->next = attempt;
    else
        call->attempts = attempt;
    call->newest = attempt;

    if (call->places) {
        try_place(attempt, now);
        return attempt;
    }
    struct locate_request name;
    enum cause cause = way_remote(call->proxy, target, attempt_uri(attempt), call->initial, &attempt->remote, &name);
    if (cause)
        end_unsent(attempt, cause, now);
    else if (name.host.at)
        search_places(attempt, &name, now);
    else
        send_now(attempt, now);
    return attempt;
}

static void stop_timers(struct attempt *attempt) {
    timer_stop(attempt->call->proxy->timers, &attempt->progress);
    timer_stop(attempt->call->proxy->timers, &attempt->timer_c);
}

static void note_end(struct attempt *attempt, uint64_t now) {
    struct call *call = attempt->call;
    struct proxy *proxy = call->proxy;
    if (attempt->end == UINT32_MAX) /* one that was given up ends once more, when it is answered after all */
        proxy->counters.causes[attempt->cause]++;
    attempt->end = since_start(call, now);
    standing_note_end(attempt, now);
    if (!event_wanted(proxy, LOG_INFO))
        return;
    struct sip_message scanned;
    EVENT(proxy, LOG_INFO, "attempt-end", call_request(call, &scanned)->call_id, call->plan.rule,
          {"uri", attempt_uri(attempt)},
          {"destination", attempt->remote.ip.family ? event_endpoint(proxy, &attempt->remote) : attempt->target->hop},
          {"cause", slice_of(causes[attempt->cause])},
          {"code", attempt->code ? event_number(proxy, attempt->code) : SLICE_NULL},
          {"ms", event_number(proxy, attempt->end - attempt->start)});
}

/* It ends before anything was sent. */
static void end_search(struct attempt *attempt) {
    if (!attempt->searching)
        return;
    call_leave_target(attempt->call);
    attempt->searching = false;
    note_start(attempt);
}

static void return_breadth(struct attempt *attempt) {
    attempt->call->breadth += attempt->breadth;
    attempt->breadth = 0;
}

void attempt_end(struct attempt *attempt, enum cause cause, unsigned code, uint64_t now) {
    bool was_running = attempt->state == ATTEMPT_RUNNING;
    stop_timers(attempt);
    end_search(attempt);
    return_breadth(attempt);
    attempt->state = ATTEMPT_OVER;
    attempt->awaited = false;
    if (!was_running && code / 100 != 2)
        return; /* given up before: how it ended then is what counts */
    attempt->cause = (uint8_t)cause;
    attempt->code = (uint16_t)code;
    note_end(attempt, now);
}

void attempt_cancel(struct attempt *attempt, struct slice reason, uint64_t now) {
    const struct call *call = attempt->call;
    if (!attempt->client || attempt->cancelled)
        return;
    int error = client_cancel(attempt->client, reason, now);
    attempt->cancelled = error != -ENOMEM; /* without memory the next 1xx is a new chance */
    if (!call->cancelled)                  /* then the answer waits for the one that was current, for no other */
        attempt->awaited = error == 0;
}

void attempt_give_up(struct attempt *attempt, enum cause cause, struct slice reason, uint64_t now) {
    stop_timers(attempt);
    end_search(attempt);
    if (attempt->first == UINT32_MAX) /* as if it had said 408 (16.8): many may be silent */
        return_breadth(attempt);
    attempt->state = ATTEMPT_GIVEN_UP;
    attempt->cause = (uint8_t)cause;
    note_end(attempt, now);
    if (!attempt->call->invite || !attempt->client)
        return;
    if (client_provisional(attempt->client))
        attempt_cancel(attempt, reason, now);
    if (attempt->client)
        client_give_up(attempt->client, now);
}

void attempt_responded(struct attempt *attempt, const struct sip_message *message, uint64_t now) {
    standing_note_response(attempt, message, now);
    if (attempt->first == UINT32_MAX)
        attempt->first = since_start(attempt->call, now);
}

void attempt_progress(struct attempt *attempt, unsigned status, uint64_t now) {
    struct call *call = attempt->call;
    const struct outcome_failover *failover = &call->plan.failover;
    if (!call->invite) {
        timer_stop(call->proxy->timers, &attempt->progress);
        return;
    }
    if (status > 100) /* 16.7 step 2 */
        timer_set(call->proxy->timers, &attempt->timer_c, now, call->proxy->settings->timer_c, timer_c_fires);
    bool first = !attempt->provisional;
    attempt->provisional = true;
    if (!call->plan.session)
        return;
    if (status >= 180 && !attempt->ringing) {
        attempt->ringing = true;
        timer_stop(call->proxy->timers, &attempt->progress);
        start_progress(attempt, failover->after == AFTER_18X ? failover->ringing : 0, now);
    } else if (first) {
        start_progress(attempt, failover->after == AFTER_NONE ? 0 : failover->provisional, now);
    }
}

void attempt_client_ended(struct attempt *attempt) {
    attempt->client = NULL;
    return_breadth(attempt);
    attempt->awaited = false;
}
