/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/response.h"

#include "runtime/proxy/event.h"
#include "runtime/proxy/line.h"
#include "runtime/proxy/record.h"
#include "runtime/proxy/tally.h"
#include "runtime/sip/edit.h"
#include "runtime/sip/reply.h"
#include "runtime/sip/uri.h"

#include <errno.h>

struct slice response_lines(struct arena *arena, const struct outcome_header *replies, const struct event_field *own) {
    struct line line;
    line_init(&line, arena);
    for (const struct outcome_header *entry = replies; entry; entry = entry->next) {
        if (!entry->value.len)
            continue;
        line_add(&line, entry->name);
        line_add(&line, SLICE(": "));
        line_add(&line, entry->value);
        line_add(&line, SLICE("\r\n"));
    }
    for (; own && own->key; own++) {
        const struct outcome_header *entry = replies;
        while (entry && !slice_same(entry->name, slice_of(own->key)))
            entry = entry->next;
        if (entry)
            continue;
        line_add(&line, slice_of(own->key));
        line_add(&line, SLICE(": "));
        line_add(&line, own->value);
        line_add(&line, SLICE("\r\n"));
    }
    return line.failed ? SLICE_NULL : line_slice(&line);
}

/* The call's outcome is known: counted, logged, recorded. Late 2xx change nothing of that. */
static void finish(struct call *call, unsigned code, uint64_t now) {
    struct proxy *proxy = call->proxy;
    if (call->final)
        return;
    call->final = (uint16_t)code;
    call->over = true;
    timer_stop(proxy->timers, &call->timer);
    tally_final(call, code);
    if (!call->invite || !call->initial)
        return;
    proxy_count(proxy, code / 100 == 2 ? COUNTER_ANSWERED : call->cancelled ? COUNTER_CANCELLED : COUNTER_FAILED);
    struct sip_message scanned;
    const struct record record = {
        .request = call_request(call, &scanned),
        .source = &call->source,
        .rule = call->plan.rule,
        .user = call->plan.user ? *call->plan.user : SLICE_NULL,
        .log = call->plan.log ? *call->plan.log : SLICE_NULL,
        .attempts = call->attempts,
        .uri = call->route.uri,
        .started = call->started,
        .started_unix = call->started_unix,
        .now = now,
        .code = code,
        .cancelled = call->cancelled,
    };
    record_write(proxy, &record);
}

/* Through the server transaction; when that has ended, for a late 2xx, the way that the Via says
 * (RFC 6026 7.1). */
static void send_up(struct call *call, unsigned code, struct slice bytes, uint64_t now) {
    struct proxy *proxy = call->proxy;
    if (call->server) {
        if (server_respond(call->server, code, bytes, now) == -ENOMEM)
            proxy_count(proxy, COUNTER_NO_MEMORY); /* sent, but it cannot be repeated */
        return;
    }
    struct sip_message scanned;
    const struct world *world = proxy->world;
    bool stream = call->source.transport != TRANSPORT_UDP;
    const struct sip_flow flow = {.local = call->local,
                                  .remote = call->source,
                                  .connection = stream ? world->connection(world->context, &call->source) : 0},
                          reply = reply_flow(call_request(call, &scanned), &flow);
    world->send(world->context, &reply, bytes);
}

/* The topmost Via value with the comma behind it, or its whole line (16.7 step 3). */
static void remove_via(struct edit *edit) {
    const struct sip_message *message = edit->message;
    const struct sip_header *header = &message->headers[message->via.header];
    struct slice rest = slice_cut(message->bytes, message->via.end, header->value + header->value_length), value;
    if (list_next(&rest, &value))
        edit_replace(edit, message->via.at, (uint32_t)(value.at - message->bytes.at), SLICE_EMPTY);
    else
        edit_replace(edit, header->at, header->end, SLICE_EMPTY);
}

/* From and To byte for byte as the caller wrote them, To with the callee's tag (8.2.6.2). */
static int restore_names(struct edit *edit, struct arena *arena, const struct attempt *attempt) {
    const struct call *call = attempt->call;
    const struct sip_message *message = edit->message;
    if (!call->plan.from && !attempt->target->to.at)
        return 0;
    struct sip_message scanned;
    const struct sip_message *request = call_request(call, &scanned);
    if (call->plan.from && message->first[HEADER_FROM])
        edit_set_value(edit, message->first[HEADER_FROM] - 1u, scan_value(request, request->first[HEADER_FROM] - 1u));
    if (!attempt->target->to.at || !message->first[HEADER_TO])
        return 0;
    struct line line;
    line_init(&line, arena);
    line_add(&line, scan_value(request, request->first[HEADER_TO] - 1u));
    if (message->to_tag.at && !request->to_tag.at) {
        line_add(&line, SLICE(";tag="));
        line_add(&line, message->to_tag);
    }
    edit_set_value(edit, message->first[HEADER_TO] - 1u, line_slice(&line));
    return line.failed ? -ENOMEM : 0;
}

/* Of flows none but the proxy that knows the others of the same phone hears (RFC 5626 7, 11.5): here that is this one.
 * Between it and the edge a 430 goes on. `attempt` NULL: a failure of our own. */
static bool knows_flows(const struct call *call, const struct attempt *attempt) {
    return !call->edge && (!attempt || (call->initial && attempt->target->way));
}

/* What the caller is told; that all of us are overloaded is not known (RFC 3261 16.7 step 6). */
static unsigned told(const struct call *call, const struct attempt *attempt, unsigned code, bool best) {
    return code == 430 && knows_flows(call, attempt) ? 480 : best && code == 503 ? 500 : code;
}

static struct slice build(const struct attempt *attempt, const struct sip_message *message, bool best,
                          struct slice challenges) {
    struct arena *arena = &attempt->call->proxy->scratch;
    struct edit edit;
    edit_begin(&edit, message);
    remove_via(&edit);
    if (restore_names(&edit, arena, attempt) ||
        (attempt->call->source.transport != TRANSPORT_UDP && edit_add_length(&edit, arena)))
        return SLICE_NULL;
    unsigned code = told(attempt->call, attempt, message->status, best);
    if (code != message->status) {
        const char *start = arena_printf(arena, "SIP/2.0 %u %s\r\n", code, status_reason(code));
        if (!start)
            return SLICE_NULL;
        edit_replace(&edit, 0, message->headers[0].at, slice_of(start));
        edit_remove_header(&edit, HEADER_RETRY_AFTER, SLICE_NULL);
    }
    if (challenges.len)
        edit_append_line(&edit, challenges);
    size_t size = edit_size(&edit);
    char *bytes = arena_bytes(arena, size);
    long written = bytes ? edit_apply(&edit, bytes, size) : -1;
    return written < 0 ? SLICE_NULL : (struct slice){bytes, (size_t)written};
}

static void acknowledging_fires(struct timer *timer, uint64_t now) {
    (void)timer, (void)now;
}

/* The ACK to a 2xx needs us once more, and who does not get it repeats the 2xx within T2. */
static void expect_ack(struct proxy *proxy, uint64_t now) {
    timer_set(proxy->timers, &proxy->acknowledging, now, proxy->settings->timers.t2, acknowledging_fires);
}

static void relay(struct attempt *attempt, const struct sip_message *message, bool best, struct slice challenges,
                  uint64_t now) {
    struct call *call = attempt->call;
    unsigned code = told(call, attempt, message->status, best);
    /* Without another Via it was meant for us alone (16.7 step 3); its sender broke the path. */
    struct slice bytes = message->via_count > 1 ? build(attempt, message, best, challenges) : SLICE_NULL;
    if (bytes.at) {
        bool again = call->final != 0;
        if (code >= 200)
            finish(call, code, now);
        if (code / 100 == 2)
            tally_success(call, message, again, now);
        if (call->invite && code / 100 == 2)
            expect_ack(call->proxy, now);
        send_up(call, code, bytes, now);
    } else if (code >= 200 && !call->final) {
        response_make(call, code >= 300 ? code : 502, now);
    }
}

void response_relay(struct attempt *attempt, const struct sip_message *message, bool best, uint64_t now) {
    relay(attempt, message, best, SLICE_EMPTY, now);
}

void response_best(struct call *call, uint64_t now) {
    const struct best *best = &call->best;
    const struct best_said *said = best->said;
    struct sip_message message;
    if (said && said->bytes && scan_message(&message, said->bytes, said->length).verdict == SCAN_OK) {
        bool challenge = best->code == 401 || best->code == 407;
        struct slice others = {said->challenges, challenge ? said->challenges_length : 0};
        relay(said->attempt, &message, true, others, now);
    } else if (best->code) {
        response_make(call, told(call, NULL, best->code, true), now);
    } else if (call->silent && !call->invite) {
        finish(call, 408, now);
        if (call->server)
            server_silence(call->server, now);
    } else {
        response_make(call, 480, now);
    }
}

static void send_own(struct call *call, const struct reply *reply, uint64_t now) {
    struct sip_message scanned;
    struct slice bytes = reply_build(&call->proxy->scratch, call_request(call, &scanned), &call->source, reply);
    if (bytes.at) {
        send_up(call, reply->code, bytes, now);
        return;
    }
    proxy_count(call->proxy, COUNTER_NO_MEMORY);
    if (reply->code >= 200 && call->server) /* no final can be said: the caller's timers end it */
        server_silence(call->server, now);
}

void response_make(struct call *call, unsigned code, uint64_t now) {
    const struct reply reply = {
        .code = code,
        .to_tag = {call->tag, TAG_LENGTH},
        .headers = response_lines(&call->proxy->scratch, call->plan.replies, NULL),
    };
    finish(call, code, now);
    send_own(call, &reply, now);
}

void response_trying(struct call *call, uint64_t now) {
    uint64_t passed = now - call->started;
    const struct reply reply = {
        .code = 100,
        .headers = response_lines(&call->proxy->scratch, call->plan.replies, NULL),
        .delay = passed < UINT32_MAX ? (uint32_t)passed : 0,
    };
    send_own(call, &reply, now);
}
