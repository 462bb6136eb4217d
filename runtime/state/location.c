/* SPDX-License-Identifier: MIT */
#include "runtime/state/location.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    TIMER_MAX = 24 * 3600 * 1000, /* ms; what lasts longer is looked at once a day */
    SECOND = 1000,
};

struct location { /* in `users`, by the user's name, which stands behind it; with a binding at least */
    struct lookup_node node;
    struct locations *owner;
    struct binding *bindings;
    struct slice user;
};

struct place { /* in `places`, by the address */
    struct lookup_node node;
    struct ip_address ip;
    uint32_t bindings; /* that name it */
};

struct locations {
    struct lookup users, places, flows;
    struct hash_key key;
    struct timers *timers;
    uint32_t keepalive;
    struct locations_events events;
    unsigned count;
};

#define OWNER(TYPE, MEMBER, POINTER) ((struct TYPE *)((char *)(POINTER)-offsetof(struct TYPE, MEMBER)))

/* Places. */

static uint64_t hash_ip(const struct locations *locations, const struct ip_address *ip) {
    return hash_keyed(&locations->key, ip->bytes, ip->family == 4 ? 4 : 16);
}

static struct place *find_place(const struct locations *locations, const struct ip_address *ip) {
    struct lookup_node *node = lookup_first(&locations->places, hash_ip(locations, ip));
    while (node && !ip_equal(&OWNER(place, node, node)->ip, ip))
        node = lookup_next(node);
    return node ? OWNER(place, node, node) : NULL;
}

/* A name is no place: 0 and NULL. -ENOMEM */
static int hold_place(struct locations *locations, const struct ip_address *ip, struct place **place) {
    *place = NULL;
    if (!ip->family)
        return 0;
    *place = find_place(locations, ip);
    if (!*place) {
        *place = calloc(1, sizeof **place);
        if (!*place)
            return -ENOMEM;
        (*place)->ip = *ip;
        lookup_add(&locations->places, &(*place)->node, hash_ip(locations, ip));
    }
    (*place)->bindings++;
    return 0;
}

static void release_place(struct locations *locations, struct place *place) {
    if (!place || --place->bindings)
        return;
    lookup_remove(&locations->places, &place->node);
    free(place);
}

bool location_knows(const struct locations *locations, const struct ip_address *ip) {
    return find_place(locations, ip) != NULL;
}

/* Users. */

static uint64_t hash_user(const struct locations *locations, struct slice user) {
    return hash_keyed(&locations->key, user.at, user.len);
}

static struct location *find_location(const struct locations *locations, struct slice user) {
    struct lookup_node *node = lookup_first(&locations->users, hash_user(locations, user));
    while (node && !slice_equal(OWNER(location, node, node)->user, user))
        node = lookup_next(node);
    return node ? OWNER(location, node, node) : NULL;
}

static struct location *find_or_make_location(struct locations *locations, struct slice user) {
    struct location *location = find_location(locations, user);
    if (location)
        return location;
    location = calloc(1, sizeof *location + user.len);
    if (!location)
        return NULL;
    location->owner = locations;
    location->user = (struct slice){(char *)(location + 1), user.len};
    if (user.len)
        memcpy(location + 1, user.at, user.len);
    lookup_add(&locations->users, &location->node, hash_user(locations, user));
    return location;
}

static void free_if_empty(struct location *location) {
    if (location->bindings)
        return;
    lookup_remove(&location->owner->users, &location->node);
    free(location);
}

/* RFC 3261 19.1.4: a character that is not reserved and its escape are the same. */
static bool is_unreserved(unsigned char c) {
    return byte_is_alnum(c) || (c && strchr("-_.!~*'()", c));
}

struct slice location_user(struct arena *arena, const struct sip_uri *uri) {
    char *name = uri->user.at ? arena_bytes(arena, uri->user.len + 1) : NULL;
    size_t len = 0;
    if (!name)
        return SLICE_NULL;
    for (size_t i = 0; i < uri->user.len; i++) {
        const char *at = uri->user.at + i;
        if (*at != '%') {
            name[len++] = *at;
            continue;
        }
        int byte = byte_hex_value((unsigned char)at[1]) * 16 + byte_hex_value((unsigned char)at[2]);
        i += 2;
        if (is_unreserved((unsigned char)byte)) {
            name[len++] = (char)byte;
            continue;
        }
        name[len++] = '%';
        name[len++] = byte_upper((unsigned char)at[1]);
        name[len++] = byte_upper((unsigned char)at[2]);
    }
    return (struct slice){name, len};
}

/* Bindings. */

static void free_binding(struct locations *locations, struct binding *binding) {
    timer_stop(locations->timers, &binding->expiry);
    timer_stop(locations->timers, &binding->keepalive);
    lookup_remove(&locations->flows, &binding->flow);
    for (unsigned i = 0; i < 2; i++)
        release_place(locations, binding->places[i]);
    locations->count--;
    free(binding);
}

static void unlink_binding(struct binding **link) {
    struct binding *binding = *link;
    *link = binding->next;
    free_binding(binding->location->owner, binding);
}

static void remove_binding(struct binding **link) {
    struct location *location = (*link)->location;
    unlink_binding(link);
    free_if_empty(location);
}

static void remove_one(const struct binding *binding) {
    struct binding **link = &binding->location->bindings;
    while (*link != binding)
        link = &(*link)->next;
    remove_binding(link);
}

/* In no list yet; its user is the location's. NULL: out of memory. */
static struct binding *make_binding(struct locations *locations, struct location *location,
                                    const struct store_binding *row, const struct ip_address *host) {
    struct binding *binding =
        calloc(1, sizeof *binding + row->contact.len + row->call_id.len + row->path.len + row->instance.len);
    if (!binding)
        return NULL;
    locations->count++;
    binding->location = location;
    binding->user = location->user;
    binding->reg_id = row->reg_id;
    binding->cseq = row->cseq;
    binding->q = row->q;
    binding->nat = row->nat;
    binding->bound = row->bound;
    binding->connection = row->connection;
    binding->expires = row->expires;
    binding->received = row->received;
    binding->local = row->local;
    char *to = (char *)(binding + 1);
    binding->contact = slice_put(&to, row->contact);
    binding->call_id = slice_put(&to, row->call_id);
    binding->path = slice_put(&to, row->path);
    binding->instance = slice_put(&to, row->instance);
    if (hold_place(locations, &row->received.ip, &binding->places[0]) == 0 &&
        hold_place(locations, host, &binding->places[1]) == 0)
        return binding;
    free_binding(locations, binding);
    return NULL;
}

static struct binding **find_binding(struct location *location, const struct sip_uri *contact) {
    struct binding **link = &location->bindings;
    for (; *link; link = &(*link)->next) {
        struct sip_uri uri;
        if (uri_parse(&uri, (*link)->contact, 0) == 0 && uri_equal(&uri, contact))
            break;
    }
    return link;
}

static struct binding **find_flow(struct location *location, struct slice instance, uint32_t reg_id) {
    struct binding **link = &location->bindings;
    while (*link && (reg_id == 0 || (*link)->reg_id != reg_id || !slice_equal((*link)->instance, instance)))
        link = &(*link)->next;
    return link;
}

static void insert_binding(struct location *location, struct binding *binding) {
    struct binding **link = &location->bindings;
    while (*link && (*link)->q > binding->q)
        link = &(*link)->next;
    binding->next = *link;
    *link = binding;
}

/* In whole seconds: so the timers have few durations, however many bindings come from the store at once. */
static void watch_expiry(struct binding *binding, uint64_t now);

static void expiry_fires(struct timer *timer, uint64_t now) {
    struct binding *binding = OWNER(binding, expiry, timer);
    struct locations *locations = binding->location->owner;
    if (binding->ends > now) {
        watch_expiry(binding, now);
        return;
    }
    locations->events.expired(locations->events.context, binding, now);
    remove_one(binding);
}

static void watch_expiry(struct binding *binding, uint64_t now) {
    uint64_t left = (binding->ends - now + SECOND - 1) / SECOND * SECOND;
    timer_set(binding->location->owner->timers, &binding->expiry, now, left < TIMER_MAX ? (uint32_t)left : TIMER_MAX,
              expiry_fires);
}

static void watch_keepalive(struct binding *binding, uint64_t now);

static void keepalive_fires(struct timer *timer, uint64_t now) {
    struct binding *binding = OWNER(binding, keepalive, timer);
    const struct locations_events *events = &binding->location->owner->events;
    watch_keepalive(binding, now);
    events->keepalive(events->context, binding, now);
}

/* Over connections it is the client who keeps them alive (RFC 5626 3.5), and behind a Path the proxy there. */
static void watch_keepalive(struct binding *binding, uint64_t now) {
    struct locations *locations = binding->location->owner;
    if (locations->keepalive && binding->nat && !binding->path.len && binding->received.transport == TRANSPORT_UDP)
        timer_set(locations->timers, &binding->keepalive, now, locations->keepalive, keepalive_fires);
}

/* The bindings of all rows that have not expired, in their order; each is in no list but this. -ENOMEM, -EINVAL */
static int make_bindings(struct location *location, const struct store_binding *rows, unsigned count, int64_t unix_ms,
                         struct binding **first) {
    struct binding **end = first;
    for (unsigned i = 0; i < count; i++) {
        struct sip_uri contact;
        if (uri_parse(&contact, rows[i].contact, 0))
            return -EINVAL;
        if (rows[i].expires <= unix_ms)
            continue;
        *end = make_binding(location->owner, location, &rows[i], &contact.ip);
        if (!*end)
            return -ENOMEM;
        end = &(*end)->next;
    }
    return 0;
}

static void forget_equal(struct location *location, const struct store_binding *row) {
    struct sip_uri uri;
    struct binding **link;
    uri_parse(&uri, row->contact, 0);
    if (*(link = find_binding(location, &uri)))
        unlink_binding(link);
    if (*(link = find_flow(location, row->instance, row->reg_id)))
        unlink_binding(link);
}

static void start_binding(struct binding *binding, uint64_t now, int64_t unix_ms) {
    insert_binding(binding->location, binding);
    if (binding->connection)
        lookup_add(&binding->location->owner->flows, &binding->flow, binding->connection);
    binding->ends = now + (uint64_t)(binding->expires - unix_ms);
    watch_expiry(binding, now);
    watch_keepalive(binding, now);
}

int location_put(struct locations *locations, const struct store_binding *rows, unsigned count, uint64_t now,
                 int64_t unix_ms) {
    struct location *location = find_or_make_location(locations, rows->user);
    struct binding *made = NULL;
    if (!location)
        return -ENOMEM;
    int error = make_bindings(location, rows, count, unix_ms, &made);
    for (unsigned i = 0; !error && i < count; i++)
        forget_equal(location, &rows[i]);
    for (struct binding *binding = made, *next; binding; binding = next) {
        next = binding->next;
        if (error)
            free_binding(locations, binding);
        else
            start_binding(binding, now, unix_ms);
    }
    free_if_empty(location);
    return error;
}

bool location_remove(struct locations *locations, struct slice user, struct slice contact) {
    struct sip_uri uri;
    struct location *location = find_location(locations, user);
    if (!location || uri_parse(&uri, contact, 0))
        return false;
    struct binding **link = find_binding(location, &uri);
    if (!*link)
        return false;
    remove_binding(link);
    return true;
}

const struct binding *location_bindings(const struct locations *locations, struct slice user) {
    struct location *location = find_location(locations, user);
    return location ? location->bindings : NULL;
}

const struct binding *location_find(const struct locations *locations, struct slice user,
                                    const struct sip_uri *contact) {
    struct location *location = find_location(locations, user);
    return location ? *find_binding(location, contact) : NULL;
}

/* Flows. */

bool location_flows(const struct locations *locations, uint64_t connection) {
    return lookup_first(&locations->flows, connection) != NULL;
}

void location_cut(struct locations *locations, uint64_t connection) {
    struct lookup_node *node;
    while ((node = lookup_first(&locations->flows, connection))) {
        struct binding *binding = OWNER(binding, flow, node);
        lookup_remove(&locations->flows, node);
        binding->connection = 0;
        if (!binding->bound)
            continue;
        locations->events.cut_off(locations->events.context, binding);
        remove_one(binding);
    }
}

const struct binding *location_find_flow(const struct locations *locations, struct slice user, struct slice instance,
                                         uint32_t reg_id) {
    struct location *location = find_location(locations, user);
    return location ? *find_flow(location, instance, reg_id) : NULL;
}

/* The object. */

struct locations *locations_new(const struct hash_key *key, struct timers *timers, uint32_t keepalive,
                                const struct locations_events *events) {
    struct locations *locations = calloc(1, sizeof *locations);
    if (!locations)
        return NULL;
    locations->key = *key;
    locations->timers = timers;
    locations->keepalive = keepalive;
    locations->events = *events;
    if (lookup_init(&locations->users) == 0 && lookup_init(&locations->places) == 0 &&
        lookup_init(&locations->flows) == 0)
        return locations;
    locations_free(locations);
    return NULL;
}

static void free_location(struct lookup_node *node) {
    struct location *location = OWNER(location, node, node);
    for (struct binding *binding = location->bindings, *next; binding; binding = next) {
        next = binding->next;
        free_binding(location->owner, binding);
    }
    free(location);
}

void locations_free(struct locations *locations) {
    if (!locations)
        return;
    lookup_free(&locations->users, free_location);
    lookup_free(&locations->places, NULL);
    lookup_free(&locations->flows, NULL);
    free(locations);
}

unsigned locations_count(const struct locations *locations) {
    return locations->count;
}
