/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/request.h"

#include "runtime/proxy/ack.h"
#include "runtime/proxy/branch.h"
#include "runtime/proxy/breadth.h"
#include "runtime/proxy/contacts.h"
#include "runtime/proxy/destination.h"
#include "runtime/proxy/edge.h"
#include "runtime/proxy/evaluation.h"
#include "runtime/proxy/failover.h"
#include "runtime/proxy/guard.h"
#include "runtime/proxy/line.h"
#include "runtime/proxy/registrar.h"
#include "runtime/proxy/tally.h"

#include <errno.h>
#include <string.h>

enum step_result { STEP_NEXT, STEP_DONE };
typedef enum step_result step(struct request *request);

enum {
    RETRY_AFTER = 30,  /* seconds; what a server that is being stopped says */
    REASONS_MAX = 1024 /* bytes of Reason lines that are taken over from a CANCEL */
};

static enum step_result refuse(struct request *request, unsigned code, const char *reason) {
    answer_final(request, code, reason, NULL);
    return STEP_DONE;
}

static enum step_result out_of_memory(struct request *request) {
    answer_no_memory(request);
    return STEP_DONE;
}

static struct slice top_via(const struct sip_message *message) {
    return slice_cut(message->bytes, message->via.at, message->via.end);
}

static bool is_ack(const struct request *request) {
    return request->message->method == METHOD_ACK;
}

static bool is_initial_invite(const struct request *request) {
    return request->initial && request->message->method == METHOD_INVITE;
}

/* Transactions. */

static enum step_result step_retransmission(struct request *request) {
    struct proxy *proxy = request->proxy;
    struct server_transaction *server = server_find(proxy->transactions, request->message);
    if (!server)
        return STEP_NEXT;
    if (!is_ack(request))
        proxy_count(proxy, COUNTER_RETRANSMISSIONS);
    server_receive(server, request->message, request->packet->now);
    return STEP_DONE;
}

static enum step_result step_blocked(struct request *request) {
    if (!guard_turns_away(request))
        return STEP_NEXT;
    proxy_count(request->proxy, COUNTER_BLOCKED);
    return STEP_DONE;
}

static enum step_result step_open(struct request *request) {
    struct proxy *proxy = request->proxy;
    if (is_ack(request))
        return STEP_NEXT;
    struct sip_flow flow = packet_flow(request->packet), reply = reply_flow(request->message, &flow);
    if (request->message->via.alias && transports[flow.remote.transport].secure && proxy->world->alias)
        proxy->world->alias(proxy->world->context, flow.connection, reply.remote.port);
    request->server = server_new(proxy->transactions, request->message, &reply, request->packet->now);
    if (request->server)
        return STEP_NEXT;
    proxy_count(proxy, COUNTER_NO_MEMORY);
    return refuse(request, 503, NULL);
}

/* The Reason lines of a CANCEL, for ours (RFC 3326). */
static struct slice reason_lines(struct request *request) {
    const struct sip_message *message = request->message;
    struct line line;
    line_init(&line, &request->proxy->scratch);
    for (int n = scan_next(message, HEADER_REASON, -1); n >= 0; n = scan_next(message, HEADER_REASON, n)) {
        line_add(&line, SLICE("Reason: "));
        line_add(&line, scan_value(message, (unsigned)n));
        line_add(&line, SLICE("\r\n"));
    }
    return line.failed || line.len > REASONS_MAX ? SLICE_EMPTY : line_slice(&line);
}

/* 9.2, 16.10: answered here, hop by hop, with the To tag of the INVITE's own responses. */
static enum step_result step_cancel(struct request *request) {
    struct proxy *proxy = request->proxy;
    if (request->message->method != METHOD_CANCEL)
        return STEP_NEXT;
    struct server_transaction *cancelled = server_find_cancelled(proxy->transactions, request->message);
    if (!cancelled)
        return refuse(request, 481, NULL);
    struct call *call = server_user(cancelled);
    if (call)
        memcpy(request->tag, call->tag, TAG_LENGTH);
    answer_final(request, 200, NULL, NULL);
    if (call)
        sequence_cancel(call, reason_lines(request), request->packet->now);
    return STEP_DONE;
}

/* 16.3. */

static enum step_result step_scheme(struct request *request) {
    struct sip_uri uri;
    bool known = uri_parse(&uri, request->message->uri, 0) == 0 && uri.scheme != URI_OTHER;
    return known || is_ack(request) ? STEP_NEXT : refuse(request, 416, NULL);
}

static enum step_result step_hops(struct request *request) {
    return request->message->max_forwards == 0 ? refuse(request, 483, NULL) : STEP_NEXT;
}

/* 420 with everything that `header` demands but the extensions that are `known` here (8.2.2.3, 16.3 step 5). */
static enum step_result refuse_extensions(struct request *request, enum header header, struct slice known) {
    const struct sip_message *message = request->message;
    struct line tags;
    line_init(&tags, &request->proxy->scratch);
    for (int n = scan_next(message, header, -1); n >= 0; n = scan_next(message, header, n)) {
        struct slice rest = scan_value(message, (unsigned)n), tag;
        while (list_next(&rest, &tag)) {
            if (list_has(known, tag))
                continue;
            line_add(&tags, tags.len ? SLICE(", ") : SLICE_EMPTY);
            line_add(&tags, tag);
        }
    }
    if (tags.failed)
        return out_of_memory(request);
    if (tags.len == 0 || is_ack(request))
        return STEP_NEXT;
    answer_final(request, 420, NULL, (const struct event_field[]){{"Unsupported", line_slice(&tags)}, {0}});
    return STEP_DONE;
}

static enum step_result step_requires(struct request *request) {
    return refuse_extensions(request, HEADER_PROXY_REQUIRE, SLICE_EMPTY);
}

/* The plan. */

static enum step_result step_preliminary(struct request *request) {
    return is_ack(request) || evaluation_preliminary(request) ? STEP_NEXT : STEP_DONE;
}

/* An INVITE that is asked for credentials is no call: the one that brings them is. */
static enum step_result step_plan(struct request *request) {
    request->call = is_initial_invite(request);
    bool goes_on = evaluation_rules(request);
    if (request->call) {
        request->proxy->sid = request->facts.sid;
        proxy_count(request->proxy, COUNTER_CALLS);
    }
    return goes_on ? STEP_NEXT : STEP_DONE;
}

/* 16.4, RFC 5393. */

/* What the Routes say; the plan's words want to know it before step_route answers for it. */
static enum step_result step_survey(struct request *request) {
    struct proxy *proxy = request->proxy;
    request->route_error = route_read(&request->route, proxy->settings, &proxy->seed.dialogs, request->message,
                                      &request->packet->local, &proxy->scratch);
    request->facts.next_hop = request->route.next;
    if (!request->route_error) {
        route_read_flows(&request->flows, proxy, &request->route, request->message);
        request->route_error = destination_flow(request);
    }
    return STEP_NEXT;
}

static enum step_result step_route(struct request *request) {
    if (request->route_error == -ENOMEM)
        return out_of_memory(request);
    if (request->route_error)
        return refuse(request, 400, "Malformed Route");
    return request->flows.forged ? refuse(request, 403, "Not Our Flow Token") : STEP_NEXT; /* RFC 5626 5.3.1 */
}

static enum step_result step_loop(struct request *request) {
    struct proxy *proxy = request->proxy;
    request->loop = loop_hash(&proxy->seed.tables, proxy->image, request->message);
    if (!loop_found(request->message, request->loop))
        return STEP_NEXT;
    proxy_count(proxy, COUNTER_LOOPS);
    return refuse(request, 482, NULL);
}

static enum step_result step_breadth(struct request *request) {
    if (is_ack(request))
        return STEP_NEXT;
    if (!breadth_received(request->message, &request->breadth))
        return refuse(request, 400, "Malformed Max-Breadth");
    return request->breadth ? STEP_NEXT : refuse(request, 440, NULL);
}

/* Where it goes. */

static enum step_result start_call(struct request *request, const struct target *targets) {
    struct session *session;
    if (tally_prepare(request, &session) == -ENOMEM) {
        proxy_count(request->proxy, COUNTER_NO_MEMORY);
        return refuse(request, 503, NULL);
    }
    struct call *call = call_new(request->proxy, &(const struct call_seed){
                                                     .server = request->server,
                                                     .packet = request->packet,
                                                     .request = request->message,
                                                     .route = &request->route,
                                                     .outcome = &request->outcome,
                                                     .targets = targets,
                                                     .loop = request->loop,
                                                     .breadth = request->breadth,
                                                     .tag = request->tag,
                                                     .user = request->user,
                                                 });
    if (!call) {
        if (session)
            session_drop(session);
        return out_of_memory(request);
    }
    call->moved = way_has_moved(call, request->message, &request->flows.from);
    tally_start(call, session, request->packet->now);
    sequence_start(call, request->packet->now);
    request->proxy->fresh.call = NULL;
    call_release(call);
    return STEP_DONE;
}

static enum step_result step_dialog(struct request *request) {
    if (request->initial)
        return is_ack(request) ? refuse(request, 481, NULL) : STEP_NEXT;
    if (!request->route.cookie)
        return refuse(request, 481, NULL);
    if (is_ack(request)) {
        ack_forward(request);
        return STEP_DONE;
    }
    const struct target target = destination_of_route(request);
    return start_call(request, &target);
}

static enum step_result step_drain(struct request *request) {
    enum method method = request->message->method;
    if (!request->proxy->draining || (method != METHOD_INVITE && method != METHOD_SUBSCRIBE && method != METHOD_REFER))
        return STEP_NEXT;
    answer_final(request, 503, NULL,
                 (const struct event_field[]){{"Retry-After", event_number(request->proxy, RETRY_AFTER)}, {0}});
    return STEP_DONE;
}

/* 11.2. As a user agent we know these methods alone, no bodies, and the extensions of the registrar. */
static enum step_result step_options(struct request *request) {
    bool user;
    if (request->message->method != METHOD_OPTIONS || request->outcome.matched ||
        !destination_is_ours(request, &user) || user)
        return STEP_NEXT;
    if (refuse_extensions(request, HEADER_REQUIRE, SLICE(REGISTRAR_EXTENSIONS)) == STEP_DONE)
        return STEP_DONE;
    answer_final(request, 200, NULL,
                 (const struct event_field[]){{"Allow", SLICE("OPTIONS, REGISTER")},
                                              {"Accept", SLICE_EMPTY},
                                              {"Accept-Encoding", SLICE_EMPTY},
                                              {"Accept-Language", SLICE_EMPTY},
                                              {"Supported", SLICE(REGISTRAR_EXTENSIONS)},
                                              {0}});
    return STEP_DONE;
}

/* 10.3 step 2 */
static enum step_result step_register(struct request *request) {
    if (!destination_is_registrar(request))
        return STEP_NEXT;
    if (refuse_extensions(request, HEADER_REQUIRE, SLICE(REGISTRAR_EXTENSIONS)) == STEP_DONE)
        return STEP_DONE;
    registrar_answer(request);
    return STEP_DONE;
}

/* What we send on; our own registrar does without Path. RFC 3327 5.2, RFC 5626 5.1: it is refused when only a Path
 * would help, and the client does not know of it. */
static enum step_result step_edge(struct request *request) {
    const struct packet *packet = request->packet;
    const struct outcome_header *set = outcome_header_set(&request->outcome, HEADER_SUPPORTED, SLICE_NULL);
    const struct way_sender sender = {&packet->source, &packet->local, packet->accepted, request->outcome.nat};
    struct flow_place flow;
    if (!destination_given(request) && !request->proxy->settings->relay_all)
        return STEP_NEXT; /* it goes nowhere */
    switch (edge_path(request->proxy, &sender, request->message, set ? set->value : SLICE_NULL, &flow)) {
    case EDGE_NO_MEMORY: return out_of_memory(request);
    case EDGE_LACKING:
        answer_final(request, 421, NULL, (const struct event_field[]){{"Require", SLICE("path")}, {0}});
        return STEP_DONE;
    case EDGE_NONE:
    case EDGE_PATH:
    case EDGE_REQUIRED: break;
    }
    return STEP_NEXT;
}

/* Without a destination from the plan: the contacts of a user of ours; never an open relay. */
static enum step_result route_without_plan(struct request *request) {
    struct proxy *proxy = request->proxy;
    bool user, elsewhere = request->route.next.at, relay_all = proxy->settings->relay_all;
    struct sip_uri uri;
    if (elsewhere && !relay_all)
        return refuse(request, 403, NULL);
    const struct target target = destination_of_route(request);
    if (request->edge)
        return start_call(request, &target);
    bool readable = uri_parse(&uri, request->route.uri, 0) == 0;
    if (destination_is_ours(request, &user)) {
        enum cause cause = contacts_missing(proxy, &uri);
        if (cause)
            return cause == CAUSE_LOCAL_LIMIT ? out_of_memory(request) : refuse(request, attempt_code(cause), NULL);
    } else if (!relay_all || (!elsewhere && (!readable || uri.scheme == URI_TEL))) {
        return refuse(request, 404, NULL);
    }
    return start_call(request, &target);
}

static enum step_result step_send(struct request *request) {
    struct outcome *outcome = &request->outcome;
    outcome->session &= is_initial_invite(request) && request->proxy->settings->failover;
    if (!destination_given(request))
        return route_without_plan(request);
    const struct target *targets = destination_targets(request);
    return targets ? start_call(request, targets) : out_of_memory(request);
}

/* The order of language.md 1. The first step that says DONE has answered, absorbed or sent the
 * request. */
static step *const steps[] = {
    step_retransmission, step_blocked,     step_open,     step_cancel, step_scheme,  step_hops,   step_requires,
    step_survey,         step_preliminary, step_route,    step_loop,   step_breadth, step_dialog, step_drain,
    step_plan,           step_options,     step_register, step_edge,   step_send,
};

static void begin(struct request *request, struct proxy *proxy, const struct packet *packet,
                  struct sip_message *message) {
    *request = (struct request){
        .proxy = proxy,
        .packet = packet,
        .message = message,
        .uri = message->uri,
        .route = {.uri = message->uri},
        .initial = !message->to_tag.at,
        .facts = {.proxy = proxy, .request = message, .unix_ms = packet->unix_ms},
    };
    outcome_init(&request->outcome, &proxy->scratch);
}

void request_arrives(struct proxy *proxy, const struct packet *packet, struct sip_message *message,
                     const struct held_place *held) {
    struct request request;
    begin(&request, proxy, packet, message);
    request.held = held;
    /* A CANCEL has the Via of its request, so that its answer has the same tag (9.2). */
    struct slice via = top_via(message);
    uint64_t of_request[2] = {hash_keyed(&proxy->seed.numbers, via.at, via.len),
                              hash_keyed(&proxy->seed.numbers, message->call_id.at, message->call_id.len)};
    hex_text(hash_keyed(&proxy->seed.numbers, of_request, sizeof of_request), request.tag);
    request.facts.chance = proxy_number(proxy);
    request.facts.sid = proxy->sid + is_initial_invite(&request);
    for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i](&request) == STEP_DONE)
            return;
}

/* The tag is made of the request, so that every copy of it gets the same answer (8.2.7). */
void request_refused(struct proxy *proxy, const struct packet *packet, const struct sip_message *message, unsigned code,
                     const char *reason) {
    struct request request;
    struct sip_message answered = *message;
    begin(&request, proxy, packet, &answered);
    hex_text(hash_keyed(&proxy->seed.numbers, message->bytes.at, message->bytes.len), request.tag);
    answer_final(&request, code, reason, NULL);
}
