/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/destination.h"

#include "runtime/proxy/line.h"
#include "runtime/proxy/nat.h"
#include "runtime/proxy/ours.h"
#include "runtime/sip/words_message.h"

#include <errno.h>

struct list {
    struct arena *arena;
    struct target *first, **end;
    bool failed;
};

static void append(struct list *list, const struct target *target) {
    struct target *copy = arena_alloc(list->arena, sizeof *copy);
    if (!copy) {
        list->failed = true;
        return;
    }
    *copy = *target;
    *list->end = copy;
    list->end = &copy->next;
}

/* What we are called: a domain, else what others are told to reach us by, else the address that the request came to. */
static void add_own_name(struct line *line, const struct request *request) {
    const struct proxy_settings *settings = request->proxy->settings;
    const struct endpoint *local = &request->packet->local;
    char text[ENDPOINT_TEXT];
    if (settings->domain_count || settings->advertise.len)
        line_add(line, settings->domain_count ? settings->domains[0] : settings->advertise);
    else
        line_add(line, slice_of(endpoint_text(local, text)));
    if (!settings->domain_count && settings->advertise.len && settings->advertise_port) {
        line_byte(line, ':');
        line_number(line, settings->advertise_port);
    }
}

/* A user of ours has no host in a plan (sip:user@), and must have one in a message. */
static struct slice with_host(struct list *list, const struct request *request, struct slice value) {
    struct sip_uri uri;
    struct line line;
    if (!value.at || !message_host(value, &uri) || uri.scheme == URI_TEL || uri.host.len)
        return value;
    size_t at = (size_t)(uri.host.at - value.at);
    line_init(&line, list->arena);
    line_add(&line, slice_cut(value, 0, at));
    add_own_name(&line, request);
    line_add(&line, slice_from(value, at));
    list->failed |= line.failed;
    return line_slice(&line);
}

/* The URI in the value of To, where it stands now. */
static struct slice to_uri(const struct outcome *outcome, struct slice to) {
    if (!outcome->to.at || !to.at)
        return SLICE_NULL;
    size_t at = (size_t)(outcome->to_uri.at - outcome->to.at), more = to.len - outcome->to.len;
    return slice_cut(to, at, at + outcome->to_uri.len + more);
}

bool destination_given(const struct request *request) {
    const struct outcome *outcome = &request->outcome;
    return outcome->matched &&
           (outcome->targets || outcome->to_uri.at || outcome->request.at || (outcome->session && outcome->alternates));
}

bool destination_is_ours(const struct request *request, bool *user) {
    struct sip_uri uri;
    if (request->edge || request->route.next.at || uri_parse(&uri, request->route.uri, 0))
        return false;
    *user = uri.user.at != NULL;
    return ours_uri(request->proxy->settings, &uri);
}

/* 10.3 step 1: what is not for this domain, or sent elsewhere by the plan, is a proxy's business. */
bool destination_is_registrar(const struct request *request) {
    bool user;
    return request->message->method == METHOD_REGISTER &&
           (request->outcome.registers || (!destination_given(request) && destination_is_ours(request, &user)));
}

bool destination_is_server(const struct request *request) {
    bool user;
    return destination_is_registrar(request) ||
           (!destination_given(request) && destination_is_ours(request, &user) && !user);
}

struct target destination_of_route(const struct request *request) {
    const struct route *route = &request->route;
    return (struct target){
        .hop = route->next.at ? route->next : route->uri,
        .by_route = route->next.at != NULL,
        .way = flow_is(&request->way.flow) ? &request->way : NULL,
        .transport = TRANSPORT_NONE,
    };
}

/* Within a dialog: a peer that has moved says so in its Contact, which beats the Route. Nobody writes such a token but
 * we, for this dialog alone. */
static int find_moved(struct request *request) {
    const struct proxy *proxy = request->proxy;
    struct route *route = &request->route;
    struct sip_uri uri;
    struct flow_place flow;
    if (uri_parse(&uri, route->uri, 0) || !nat_token(&uri).at ||
        !flow_read(&flow, &proxy->flows, request->message->call_id, nat_token(&uri)))
        return 0;
    request->way.flow = flow;
    route->uri = nat_without(&request->proxy->scratch, &uri);
    return route->uri.at ? 0 : -ENOMEM;
}

int destination_flow(struct request *request) {
    const struct flow_place *to = &request->flows.to;
    if (request->route.next.at)
        return 0;
    request->way = (struct way){.nat = true, .flow = *to};
    if (!request->initial)
        return request->route.cookie ? find_moved(request) : 0;
    /* RFC 5626 5.3: the token of the flow that it came on would make it an outgoing request, of which nothing
     * follows. */
    request->edge = flow_is(to) && !endpoint_equal(&to->remote, &request->packet->source);
    if (!request->edge)
        request->way.flow = (struct flow_place){.loss = FLOW_REOPENED};
    return 0;
}

/* To, $request and $target: the first attempt, or the first few. $request beats To for the
 * Request-URI. */
static void add_ordinary(struct list *list, const struct request *request) {
    const struct outcome *outcome = &request->outcome;
    struct target target = {.transport = (uint8_t)outcome->transport};
    if (outcome->replace_uri)
        target.to = with_host(list, request, outcome->to);
    target.uri = outcome->request.at ? with_host(list, request, outcome->request) : to_uri(outcome, target.to);
    if (outcome->targets) {
        for (const struct outcome_target *entry = outcome->targets; entry; entry = entry->next) {
            target.hop = entry->text;
            target.transport = (uint8_t)(entry->transport == TRANSPORT_NONE ? outcome->transport : entry->transport);
            append(list, &target);
        }
        return;
    }
    target.hop = outcome->request.at ? outcome->request : outcome->to_uri;
    if (!target.hop.at) { /* alternates alone: the request's own destination comes first, when it
                             may be used at all */
        target = destination_of_route(request);
        target.missing = request->edge || request->proxy->settings->relay_all ? CAUSE_NONE : CAUSE_NOT_FOUND;
    }
    append(list, &target);
}

static void add_alternates(struct list *list, const struct request *request) {
    const struct outcome *outcome = &request->outcome;
    for (const struct outcome_target *entry = outcome->alternates; entry; entry = entry->next) {
        struct target target = {.hop = entry->text, .transport = (uint8_t)entry->transport, .udp = true};
        if (outcome->replace_uri) {
            target.uri = with_host(list, request, entry->text);
            target.to = outcome->failover.keep_to ? with_host(list, request, outcome->to) : target.uri;
            target.to_is_uri = !outcome->failover.keep_to;
        } else {
            target.uri = with_host(list, request, outcome->request);
        }
        append(list, &target);
    }
}

struct target *destination_targets(struct request *request) {
    struct list list = {.arena = &request->proxy->scratch};
    list.end = &list.first;
    add_ordinary(&list, request);
    if (request->outcome.session)
        add_alternates(&list, request);
    return list.failed ? NULL : list.first;
}
