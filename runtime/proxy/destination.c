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
    if (request->route.next.at || uri_parse(&uri, request->route.uri, 0))
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
        .transport = TRANSPORT_NONE,
    };
}

/* Our side towards the target: the last of our Routes names it (RFC 5658 4.3), or, when there is but one, the request
 * came to it. With --advertise the Route has another address, but the port. */
static struct endpoint side_of(const struct request *request) {
    const struct proxy_settings *settings = request->proxy->settings;
    const struct sip_message *message = request->message;
    struct endpoint side = request->packet->local;
    unsigned left = request->route.skip > 1 ? request->route.skip : 0;
    for (int line = scan_next(message, HEADER_ROUTE, -1); line >= 0 && left;
         line = scan_next(message, HEADER_ROUTE, line)) {
        struct slice rest = scan_value(message, (unsigned)line), value;
        struct sip_name_addr address;
        struct sip_uri uri;
        while (left && list_next(&rest, &value))
            if (--left == 0 && name_addr_parse(&address, value) == 0 && uri_parse(&uri, address.uri, 0) == 0) {
                side.port = uri.port_given ? uri.port : side.port;
                side.ip = ours_endpoint(settings, &uri.ip, side.port) ? uri.ip : side.ip;
            }
    }
    return side;
}

int destination_in_dialog(const struct request *request, struct target *target, struct way *way) {
    struct sip_uri uri;
    *target = destination_of_route(request);
    *way = (struct way){.nat = true};
    if (target->by_route || uri_parse(&uri, target->hop, 0) || !nat_place(&uri, &way->remote))
        return 0;
    target->uri = target->hop = nat_without(&request->proxy->scratch, &uri);
    target->way = way;
    way->local = side_of(request);
    way->bound = endpoint_is_web(&way->remote);
    return target->uri.at ? 0 : -ENOMEM;
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
        target.missing = request->proxy->settings->relay_all ? CAUSE_NONE : CAUSE_NOT_FOUND;
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
