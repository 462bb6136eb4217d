/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/contacts.h"

#include "runtime/proxy/directory.h"
#include "runtime/proxy/ours.h"
#include "runtime/proxy/redirect.h"
#include "runtime/sip/words_message.h"
#include "runtime/state/location.h"

#include <errno.h>

struct list { /* in the scratch arena */
    struct call *call;
    const struct target *entry;
    struct target *first, **end;
    struct way *newest;
};

/* Nobody, or somebody who is not there. A phone that is offline must not look like a wrong number: so without a table
 * of users every name might be one's. */
enum cause contacts_missing(struct proxy *proxy, const struct sip_uri *uri) {
    struct slice user = location_user(&proxy->scratch, uri);
    if (!user.len)
        return uri->user.len ? CAUSE_LOCAL_LIMIT : CAUSE_NOT_FOUND;
    if (location_bindings(proxy->locations, user))
        return CAUSE_NONE;
    return directory_knows(proxy, user) ? CAUSE_NOT_REGISTERED : CAUSE_NOT_FOUND;
}

/* The URI of the first Path value: the next hop. One that cannot be read is no hop, and says so when it is tried. */
static struct slice first_hop(struct slice path) {
    struct slice value;
    struct sip_name_addr address;
    return list_next(&path, &value) && name_addr_parse(&address, value) == 0 ? address.uri : path;
}

static uint32_t instance_of(const struct proxy *proxy, const struct binding *binding) {
    if (!binding->reg_id)
        return 0;
    return (uint32_t)hash_keyed(&proxy->seed.tables, binding->instance.at, binding->instance.len) | 1;
}

static int add(struct list *list, const struct binding *binding, bool secure) {
    struct arena *scratch = &list->call->proxy->scratch;
    struct target *target = arena_alloc(scratch, sizeof *target);
    struct way *way = arena_alloc(scratch, sizeof *way);
    if (!target || !way)
        return -ENOMEM;
    bool stream = binding->received.transport != TRANSPORT_UDP; /* who has connected need not be one to connect to */
    bool behind_nat = !binding->path.len && (binding->nat || stream);
    *way = (struct way){.entry = list->entry,
                        .nat = behind_nat,
                        .secure = secure,
                        .connection = binding->connection,
                        .flow.loss = binding->bound ? FLOW_BOUND : FLOW_LEFT,
                        .instance = instance_of(list->call->proxy, binding)};
    if (binding->path.len)
        way->path = binding->path;
    if (behind_nat && (!stream || binding->connection)) {
        way->flow.remote = binding->received;
        way->flow.local = binding->local;
    }
    *target = *list->entry;
    target->next = NULL;
    target->way = way;
    target->udp = false;
    target->not_here = !ip_is_loopback(&binding->received.ip);
    target->transport = TRANSPORT_NONE;
    target->missing = CAUSE_NONE;
    target->hop = way->path.at ? first_hop(way->path) : binding->contact;
    if (list->call->plan.replace_uri)
        target->uri = binding->contact;
    *list->end = target;
    list->end = &target->next;
    list->newest = way;
    return 0;
}

/* What a redirection leads back to was tried already (16.5). */
static bool is_new(const struct list *list, const struct binding *binding) {
    struct sip_uri uri;
    return !list->entry->redirected || uri_parse(&uri, binding->contact, 0) || !redirect_tried(list->call, &uri);
}

int contacts_expand(struct call *call, struct target *entry) {
    struct proxy *proxy = call->proxy;
    struct list list = {.call = call, .entry = entry};
    struct sip_uri uri;
    if (!call->initial || entry->by_route || entry->way || !message_host(entry->hop, &uri) ||
        !ours_uri(proxy->settings, &uri))
        return 0;
    list.end = &list.first;
    entry->missing = (uint8_t)contacts_missing(proxy, &uri);
    if (entry->missing)
        return entry->missing == CAUSE_LOCAL_LIMIT ? -ENOMEM : 0;
    const struct binding *binding = location_bindings(proxy->locations, location_user(&proxy->scratch, &uri));
    for (; binding; binding = binding->next)
        if (is_new(&list, binding) && add(&list, binding, uri.scheme == URI_SIPS))
            return -ENOMEM;
    if (list.first && !list.first->next) /* one alone is no list: what it answers is the answer */
        list.newest->entry = NULL;
    if (list.first && call_replace(call, entry, list.first))
        return -ENOMEM;
    return 1;
}
