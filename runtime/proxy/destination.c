/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/destination.h"

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

bool destination_given(const struct request *request) {
    const struct outcome *outcome = &request->outcome;
    return outcome->matched &&
           (outcome->targets || outcome->to_uri.at || outcome->request.at || (outcome->session && outcome->alternates));
}

struct target destination_of_route(const struct request *request) {
    const struct route *route = &request->route;
    return (struct target){
        .hop = route->next.at ? route->next : route->uri,
        .by_route = route->next.at != NULL,
        .transport = TRANSPORT_NONE,
    };
}

/* To, $request and $target: the first attempt, or the first few. $request beats To for the
 * Request-URI. */
static void add_ordinary(struct list *list, const struct request *request) {
    const struct outcome *outcome = &request->outcome;
    struct target target = {.transport = (uint8_t)outcome->transport};
    if (outcome->replace_uri)
        target.to = outcome->to;
    target.uri = outcome->request.at ? outcome->request : outcome->replace_uri ? outcome->to_uri : SLICE_NULL;
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
        target.closed = !request->proxy->settings->relay_all;
    }
    append(list, &target);
}

static void add_alternates(struct list *list, const struct request *request) {
    const struct outcome *outcome = &request->outcome;
    for (const struct outcome_target *entry = outcome->alternates; entry; entry = entry->next) {
        struct target target = {.hop = entry->text, .transport = (uint8_t)entry->transport};
        if (outcome->replace_uri) {
            target.uri = entry->text;
            target.to = outcome->failover.keep_to ? outcome->to : entry->text;
            target.to_is_uri = !outcome->failover.keep_to;
        } else {
            target.uri = outcome->request;
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
