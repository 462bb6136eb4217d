/* SPDX-License-Identifier: MIT */
#include "runtime/state/location.h"

#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SECOND = 1000, EPOCH = 1000 * 1000 };

static const struct hash_key key = {{1, 2, 3}};
static struct timers *timers;
static struct locations *locations;
static unsigned expired, kept_alive, cut_off;
static char last[64]; /* the contact that an event was about */

static void note(const struct binding *binding) {
    snprintf(last, sizeof last, "%.*s", SLICE_ARG(binding->contact));
}

static void on_expired(void *context, const struct binding *binding, uint64_t now) {
    (void)context;
    (void)now;
    expired++;
    note(binding);
}

static void on_keepalive(void *context, const struct binding *binding, uint64_t now) {
    (void)context;
    (void)now;
    kept_alive++;
    note(binding);
}

static void on_cut_off(void *context, const struct binding *binding) {
    (void)context;
    cut_off++;
    note(binding);
}

static void start(void) {
    const struct locations_events events = {.expired = on_expired, .cut_off = on_cut_off, .keepalive = on_keepalive};
    timers = timers_new();
    locations = locations_new(&key, timers, 25 * SECOND, &events);
    cr_assert_not_null(locations);
}

static void end(void) {
    locations_free(locations);
    cr_assert_eq(timers_due(timers), UINT64_MAX, "a timer outlived its binding");
    timers_free(timers);
}

TestSuite(location, .init = start, .fini = end);

/* From 192.0.2.1, behind a NAT, a minute to live. */
static struct store_binding row(const char *user, const char *contact) {
    struct store_binding binding = {
        .user = slice_of(user),
        .contact = slice_of(contact),
        .call_id = SLICE("a84b4c76e66710"),
        .path = SLICE_EMPTY,
        .cseq = 1,
        .q = 1000,
        .expires = EPOCH + 60 * SECOND,
        .received = {.port = 5060, .transport = TRANSPORT_UDP},
        .nat = true,
    };
    cr_assert(ip_parse(&binding.received.ip, SLICE("192.0.2.1")));
    return binding;
}

static void put(struct store_binding binding, uint64_t now) {
    cr_assert_eq(location_put(locations, &binding, 1, now, EPOCH + (int64_t)now), 0);
}

static void assert_contacts(const char *user, unsigned count, const char *const *contacts) {
    const struct binding *binding = location_bindings(locations, slice_of(user));
    for (unsigned i = 0; i < count; i++, binding = binding->next) {
        cr_assert_not_null(binding, "%s has %u contacts", user, i);
        cr_assert(slice_equal(binding->contact, slice_of(contacts[i])), "%u: %.*s", i, SLICE_ARG(binding->contact));
        cr_assert(slice_equal(binding->user, slice_of(user)));
    }
    cr_assert_null(binding, "%s has more than %u contacts", user, count);
}

static bool knows(const char *ip) {
    struct ip_address address;
    cr_assert(ip_parse(&address, slice_of(ip)));
    return location_knows(locations, &address);
}

Test(location, contacts_come_by_q_and_of_equal_ones_the_latest_first) {
    struct store_binding low = row("bob", "sip:bob@10.0.0.9");
    low.q = 500;
    put(low, 0);
    put(row("bob", "sip:bob@10.0.0.1"), 0);
    put(row("bob", "sip:bob@10.0.0.2"), 0);
    put(row("alice", "sip:alice@10.0.0.1"), 0);
    assert_contacts("bob", 3, (const char *[]){"sip:bob@10.0.0.2", "sip:bob@10.0.0.1", "sip:bob@10.0.0.9"});
    assert_contacts("alice", 1, (const char *[]){"sip:alice@10.0.0.1"});
    assert_contacts("Bob", 0, NULL); /* a user part has its case */
    cr_assert_eq(locations_count(locations), 4);
}

Test(location, a_binding_keeps_all_of_its_row) {
    struct store_binding whole = row("bob", "sip:bob@10.0.0.1");
    whole.path = SLICE("<sip:edge.example.com;lr>");
    put(whole, 0);
    const struct binding *binding = location_bindings(locations, SLICE("bob"));
    cr_assert(slice_equal(binding->call_id, SLICE("a84b4c76e66710")));
    cr_assert(slice_equal(binding->path, SLICE("<sip:edge.example.com;lr>")));
    cr_assert_eq(binding->cseq, 1);
    cr_assert_eq(binding->q, 1000);
    cr_assert_eq(binding->expires, EPOCH + 60 * SECOND);
    cr_assert_eq(binding->received.port, 5060);
    cr_assert(binding->nat);
}

Test(location, an_equal_contact_replaces_and_counts_as_the_latest) {
    put(row("bob", "sip:bob@host.example.com"), 0);
    put(row("bob", "sip:bob@10.0.0.2"), 0);
    struct store_binding again = row("bob", "sip:b%6fb@HOST.example.com;expires=3");
    again.cseq = 2;
    put(again, 0);
    assert_contacts("bob", 2, (const char *[]){"sip:b%6fb@HOST.example.com;expires=3", "sip:bob@10.0.0.2"});
    struct sip_uri uri;
    cr_assert_eq(uri_parse(&uri, SLICE("sip:bob@host.example.com"), 0), 0);
    cr_assert_eq(location_find(locations, SLICE("bob"), &uri)->cseq, 2);
    cr_assert_null(location_find(locations, SLICE("alice"), &uri));
    cr_assert_eq(locations_count(locations), 2);
}

/* Over a connection; `reg_id` 0: without outbound. */
static struct store_binding flow(const char *user, const char *contact, uint64_t connection, uint32_t reg_id) {
    struct store_binding binding = row(user, contact);
    binding.received.transport = TRANSPORT_TCP;
    binding.connection = connection;
    binding.bound = reg_id != 0;
    binding.instance = reg_id ? SLICE("urn:uuid:1") : SLICE_EMPTY;
    binding.reg_id = reg_id;
    return binding;
}

Test(location, the_same_flow_replaces_whatever_its_contact) {
    put(flow("bob", "sip:bob@10.0.0.1", 1, 1), 0);
    put(flow("bob", "sip:bob@10.0.0.2", 2, 2), 0);
    put(flow("bob", "sip:bob@10.0.0.3", 3, 1), 0);
    put(flow("alice", "sip:bob@10.0.0.1", 4, 1), 0);
    assert_contacts("bob", 2, (const char *[]){"sip:bob@10.0.0.3", "sip:bob@10.0.0.2"});
    cr_assert_eq(location_find_flow(locations, SLICE("bob"), SLICE("urn:uuid:1"), 1)->connection, 3);
    cr_assert_null(location_find_flow(locations, SLICE("bob"), SLICE("urn:uuid:2"), 1));
    cr_assert_null(location_find_flow(locations, SLICE("bob"), SLICE_EMPTY, 0));
    cr_assert(!location_flows(locations, 1) && location_flows(locations, 2) && location_flows(locations, 3));
    put(flow("bob", "sip:bob@10.0.0.2", 3, 1), 0); /* both of them */
    assert_contacts("bob", 1, (const char *[]){"sip:bob@10.0.0.2"});
}

Test(location, a_lost_connection_takes_those_along_that_are_bound_to_it) {
    put(flow("bob", "sip:bob@10.0.0.1", 7, 1), 0);
    put(flow("bob", "sip:bob@10.0.0.2", 7, 0), 0);
    put(flow("bob", "sip:bob@10.0.0.3", 8, 2), 0);
    put(flow("alice", "sip:alice@10.0.0.1", 7, 1), 0);
    location_cut(locations, 7);
    cr_assert_eq(cut_off, 2);
    assert_contacts("bob", 2, (const char *[]){"sip:bob@10.0.0.3", "sip:bob@10.0.0.2"});
    assert_contacts("alice", 0, NULL);
    cr_assert(!location_flows(locations, 7) && location_flows(locations, 8));
    location_cut(locations, 7);
    cr_assert_eq(cut_off, 2);
    cr_assert_eq(locations_count(locations), 2);
}

Test(location, removing_takes_an_equal_contact_of_that_user_alone) {
    put(row("bob", "sip:bob@host.example.com"), 0);
    put(row("alice", "sip:bob@host.example.com"), 0);
    cr_assert_not(location_remove(locations, SLICE("bob"), SLICE("sip:bob@10.0.0.1")));
    cr_assert_not(location_remove(locations, SLICE("carol"), SLICE("sip:bob@host.example.com")));
    cr_assert(location_remove(locations, SLICE("bob"), SLICE("sip:bob@HOST.EXAMPLE.COM")));
    assert_contacts("bob", 0, NULL);
    assert_contacts("alice", 1, (const char *[]){"sip:bob@host.example.com"});
}

Test(location, it_expires_at_its_second_and_is_still_there_when_that_is_told) {
    put(row("bob", "sip:bob@10.0.0.1"), 0);
    put(row("bob", "sip:bob@10.0.0.2"), SECOND);
    timers_run(timers, 60 * SECOND - 1);
    cr_assert_eq(expired, 0);
    timers_run(timers, 60 * SECOND);
    cr_assert_eq(expired, 2);
    cr_assert_eq(locations_count(locations), 0);
    cr_assert_not(knows("192.0.2.1"));
}

Test(location, what_lasts_for_years_does_not_expire_before) {
    const int64_t day = 24 * 3600 * SECOND;
    struct store_binding binding = row("bob", "sip:bob@10.0.0.1");
    binding.expires = EPOCH + 400 * day;
    binding.nat = false;
    put(binding, 0);
    for (int64_t now = 0; now < 400 * day; now += day)
        timers_run(timers, (uint64_t)now);
    cr_assert_eq(expired, 0);
    timers_run(timers, (uint64_t)(400 * day));
    cr_assert_eq(expired, 1);
}

Test(location, one_that_has_expired_is_not_added_and_only_replaces) {
    struct store_binding binding = row("bob", "sip:bob@10.0.0.1");
    binding.expires = EPOCH;
    put(binding, 0);
    cr_assert_eq(locations_count(locations), 0);
    put(row("bob", "sip:bob@10.0.0.1"), 0);
    put(binding, 0);
    cr_assert_eq(locations_count(locations), 0);
    cr_assert_eq(expired, 0);
}

Test(location, a_contact_that_is_no_uri_is_refused) {
    struct store_binding binding = row("bob", "bob@10.0.0.1");
    cr_assert_eq(location_put(locations, &binding, 1, 0, EPOCH), -EINVAL);
    cr_assert_not(location_remove(locations, SLICE("bob"), SLICE("bob@10.0.0.1")));
    cr_assert_eq(locations_count(locations), 0);
}

Test(location, keepalives_go_at_intervals_to_contacts_behind_a_nat_over_udp) {
    struct store_binding open = row("alice", "sip:alice@10.0.0.1"), stream = row("carol", "sip:carol@10.0.0.1");
    struct store_binding behind = row("dave", "sip:dave@10.0.0.1");
    open.nat = false;
    stream.received.transport = TRANSPORT_TCP;
    behind.path = SLICE("<sip:edge.example.com;lr>"); /* the edge's business */
    put(behind, 0);
    put(open, 0);
    put(stream, 0);
    put(row("bob", "sip:bob@10.0.0.1"), 0);
    for (uint64_t now = 0; now < 60 * SECOND; now += 5 * SECOND)
        timers_run(timers, now);
    cr_assert_eq(kept_alive, 2);
    cr_assert_str_eq(last, "sip:bob@10.0.0.1");
}

Test(location, registering_again_begins_the_interval_anew) {
    put(row("bob", "sip:bob@10.0.0.1"), 0);
    timers_run(timers, 20 * SECOND);
    put(row("bob", "sip:bob@10.0.0.1"), 20 * SECOND);
    timers_run(timers, 44 * SECOND);
    cr_assert_eq(kept_alive, 0);
    timers_run(timers, 45 * SECOND);
    cr_assert_eq(kept_alive, 1);
}

Test(location, it_knows_where_contacts_came_from_and_are_as_long_as_one_is_left) {
    put(row("bob", "sip:bob@10.0.0.1"), 0);
    put(row("bob", "sip:bob@[2001:db8::1]"), 0);
    put(row("alice", "sip:alice@host.example.com"), 0);
    cr_assert(knows("192.0.2.1"));
    cr_assert(knows("10.0.0.1"));
    cr_assert(knows("2001:db8::1"));
    cr_assert_not(knows("10.0.0.2"));
    location_remove(locations, SLICE("bob"), SLICE("sip:bob@10.0.0.1"));
    cr_assert(knows("192.0.2.1"));
    cr_assert_not(knows("10.0.0.1"));
    location_remove(locations, SLICE("bob"), SLICE("sip:bob@[2001:db8::1]"));
    location_remove(locations, SLICE("alice"), SLICE("sip:alice@host.example.com"));
    cr_assert_not(knows("192.0.2.1"));
}

Test(location, a_user_is_the_same_however_it_is_escaped) {
    static const struct {
        const char *uri, *user;
    } rows[] = {
        {"sip:bob@a", "bob"},         {"sip:%62o%42@a", "boB"},
        {"sip:a%2eb%7E@a", "a.b~"},   {"sip:a%2bb@a", "a%2Bb"}, /* reserved: not the same as a+b */
        {"sip:a+b;c=d@a", "a+b;c=d"}, {"sip:%40%00%c3%a4@a", "%40%00%C3%A4"},
        {"sip:bob:secret@a", "bob"},  {"sip:a", NULL},
        {"tel:+4930123", "+4930123"},
    };
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sip_uri uri;
        cr_assert_eq(uri_parse(&uri, slice_of(rows[i].uri), 0), 0);
        struct slice user = location_user(&arena, &uri);
        cr_assert_eq(user.at != NULL, rows[i].user != NULL);
        cr_assert(slice_equal(user, slice_of(rows[i].user)), "%s: %.*s", rows[i].uri, SLICE_ARG(user));
    }
    arena_free(&arena);
}

Test(location, several_rows_of_a_user_change_together) {
    struct store_binding rows[] = {row("bob", "sip:bob@10.0.0.1"), row("bob", "sip:bob@10.0.0.2"),
                                   row("bob", "sip:bob@10.0.0.3")};
    put(rows[0], 0);
    rows[0].expires = 0;
    rows[2].q = 900;
    cr_assert_eq(location_put(locations, rows, 3, 0, EPOCH), 0);
    assert_contacts("bob", 2, (const char *[]){"sip:bob@10.0.0.2", "sip:bob@10.0.0.3"});
    rows[1].expires = rows[2].expires = 0;
    cr_assert_eq(location_put(locations, rows, 3, 0, EPOCH), 0);
    assert_contacts("bob", 0, NULL);
}

Test(location, of_several_rows_none_counts_when_one_is_refused) {
    struct store_binding rows[] = {row("bob", "sip:bob@10.0.0.1"), row("bob", "sip:bob@10.0.0.2"),
                                   row("bob", "bob@10.0.0.3")};
    put(rows[0], 0);
    rows[0].expires = 0;
    cr_assert_eq(location_put(locations, rows, 3, 0, EPOCH), -EINVAL);
    assert_contacts("bob", 1, (const char *[]){"sip:bob@10.0.0.1"});
    cr_assert_eq(locations_count(locations), 1);
}

Test(location, without_memory_nothing_changes) {
    put(row("bob", "sip:bob@10.0.0.1"), 0);
    struct store_binding again = row("bob", "sip:bob@10.0.0.1");
    struct store_binding others[] = {row("alice", "sip:alice@10.0.0.2"), row("alice", "sip:alice@10.0.0.3")};
    again.cseq = 2;
    long left = -1;
    int result;
    do {
        allocations_left = ++left;
        result = location_put(locations, others, 2, 0, EPOCH);
        cr_assert(result == 0 || (result == -ENOMEM && locations_count(locations) == 1 && !knows("10.0.0.2")));
        cr_assert_eq(location_bindings(locations, SLICE("alice")) != NULL, result == 0);
    } while (result);
    cr_assert_geq(left, 5); /* the user, two bindings, their places */
    allocations_left = 0;
    cr_assert_eq(location_put(locations, &again, 1, 0, EPOCH), -ENOMEM);
    cr_assert_eq(location_bindings(locations, SLICE("bob"))->cseq, 1);
    allocations_left = LONG_MAX;
}

/* A plain model: what is registered, by user and contact. */
enum { USERS = 5, CONTACTS = 4, STEPS = 20000 };

static struct entry {
    bool there;
    unsigned q, order; /* order: the later the higher */
    uint64_t ends;
} model[USERS][CONTACTS];

static unsigned draw(unsigned bound) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % bound;
}

/* The contact of the user that comes next: behind `previous`, of those that are there. -1: none. */
static int model_next(const struct entry *contacts, int previous) {
    int next = -1;
    for (int i = 0; i < CONTACTS; i++) {
        const struct entry *one = &contacts[i];
        bool behind = previous < 0 || one->q < contacts[previous].q ||
                      (one->q == contacts[previous].q && one->order < contacts[previous].order);
        bool before =
            next < 0 || one->q > contacts[next].q || (one->q == contacts[next].q && one->order > contacts[next].order);
        if (one->there && behind && before)
            next = i;
    }
    return next;
}

static void compare_with_model(void) {
    unsigned count = 0;
    for (unsigned user = 0; user < USERS; user++) {
        char name[16], contact[48];
        snprintf(name, sizeof name, "u%u", user);
        const struct binding *binding = location_bindings(locations, slice_of(name));
        for (int i = model_next(model[user], -1); i >= 0; i = model_next(model[user], i)) {
            snprintf(contact, sizeof contact, "sip:%d@10.0.%u.%d", i, user, i);
            cr_assert(binding && slice_equal(binding->contact, slice_of(contact)));
            cr_assert_eq(binding->q, model[user][i].q);
            cr_assert(knows(contact + strlen("sip:0@")));
            binding = binding->next;
            count++;
        }
        cr_assert_null(binding);
    }
    cr_assert_eq(locations_count(locations), count);
}

Test(location, it_agrees_with_a_plain_model_of_it) {
    uint64_t now = 0;
    for (unsigned step = 1; step <= STEPS; step++) {
        unsigned user = draw(USERS), number = draw(CONTACTS), what = draw(10);
        struct entry *entry = &model[user][number];
        char name[16], contact[48];
        snprintf(name, sizeof name, "u%u", user);
        snprintf(contact, sizeof contact, "sip:%u@10.0.%u.%u", number, user, number);
        if (what < 5) {
            *entry = (struct entry){true, 100 * draw(3), step, now + 1000 * (1 + draw(100))};
            struct store_binding binding = row(name, contact);
            binding.q = (uint16_t)entry->q;
            binding.expires = EPOCH + (int64_t)entry->ends;
            put(binding, now);
        } else if (what < 7) {
            cr_assert_eq(location_remove(locations, slice_of(name), slice_of(contact)), entry->there);
            entry->there = false;
        } else {
            now += draw(20 * SECOND);
            timers_run(timers, now);
            for (unsigned i = 0; i < USERS * CONTACTS; i++)
                model[i / CONTACTS][i % CONTACTS].there &= model[i / CONTACTS][i % CONTACTS].ends > now;
        }
        compare_with_model();
    }
}

Test(location, a_hundred_thousand_are_found_and_hold_half_a_kilobyte_each) {
    enum { MANY = 100 * 1000 };
    char user[16], contact[48];
    size_t before = bytes_asked;
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(user, sizeof user, "%u", i);
        snprintf(contact, sizeof contact, "sip:%u@10.%u.%u.%u:5062", i, i >> 16, i >> 8 & 255, i & 255);
        struct store_binding binding = row(user, contact);
        binding.expires += i * 37; /* as after a restart: no two at the same time */
        put(binding, 0);
    }
    cr_assert_leq((bytes_asked - before) / MANY, 600);
    cr_assert_eq(locations_count(locations), MANY);
    for (unsigned i = 0; i < MANY; i += 11) {
        snprintf(user, sizeof user, "%u", i);
        cr_assert_not_null(location_bindings(locations, slice_of(user)));
    }
    timers_run(timers, 4000 * SECOND);
    cr_assert_eq(expired, MANY);
}
