/* SPDX-License-Identifier: MIT */
#include "runtime/sip/lookup.h"

#include "grammar/hash.h"
#include "tests/unit/sip/failing_malloc.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

struct thing {
    struct lookup_node node;
    uint32_t name;
};

enum { THINGS = 100 * 1000 };

static const struct hash_key key = {{1, 2, 3}};

static uint64_t hash_name(uint32_t name) {
    return hash_keyed(&key, &name, sizeof name);
}

static struct thing *find(const struct lookup *lookup, uint32_t name) {
    struct lookup_node *node = lookup_first(lookup, hash_name(name));
    while (node && ((struct thing *)node)->name != name)
        node = lookup_next(node);
    return (struct thing *)node;
}

static unsigned longest_chain(const struct lookup *lookup) {
    unsigned longest = 0;
    for (uint32_t bucket = 0; bucket < lookup->buckets; bucket++) {
        unsigned length = 0;
        struct lookup_node *node = lookup->segments[bucket / LOOKUP_SEGMENT][bucket % LOOKUP_SEGMENT];
        for (; node; node = node->next)
            length++;
        longest = length > longest ? length : longest;
    }
    return longest;
}

static struct thing *fill(struct lookup *lookup) {
    struct thing *things = __real_calloc(THINGS, sizeof *things);
    for (uint32_t i = 0; i < THINGS; i++) {
        things[i].name = i;
        lookup_add(lookup, &things[i].node, hash_name(i));
    }
    return things;
}

Test(lookup, a_hundred_thousand_nodes_have_short_chains_and_are_all_found) {
    struct lookup lookup;
    cr_assert_eq(lookup_init(&lookup), 0);
    struct thing *things = fill(&lookup);
    cr_assert_eq(lookup.count, THINGS);
    cr_assert_eq(lookup.buckets, THINGS); /* one more with each node: no step is longer than another */
    cr_assert_leq(longest_chain(&lookup), 16);
    for (uint32_t i = 0; i < THINGS; i++)
        cr_assert_eq(find(&lookup, i), &things[i]);
    cr_assert_null(find(&lookup, THINGS));
    for (uint32_t i = 0; i < THINGS; i += 2)
        lookup_remove(&lookup, &things[i].node);
    lookup_remove(&lookup, &things[0].node); /* is in no table: nothing */
    cr_assert_eq(lookup.count, THINGS / 2);
    for (uint32_t i = 0; i < THINGS; i++)
        cr_assert_eq(find(&lookup, i), i % 2 ? &things[i] : NULL);
    lookup_free(&lookup, NULL);
    free(things);
}

Test(lookup, nodes_of_one_hash_come_newest_first) {
    struct lookup lookup;
    struct thing things[3] = {{.name = 0}, {.name = 1}, {.name = 2}};
    cr_assert_eq(lookup_init(&lookup), 0);
    for (int i = 0; i < 3; i++)
        lookup_add(&lookup, &things[i].node, 42);
    lookup_remove(&lookup, &things[1].node);
    struct lookup_node *node = lookup_first(&lookup, 42);
    cr_assert_eq(node, &things[2].node);
    cr_assert_eq(lookup_next(node), &things[0].node);
    cr_assert_null(lookup_next(&things[0].node));
    lookup_free(&lookup, NULL);
}

static unsigned ended;

static void end(struct lookup_node *node) {
    ended++;
    free(node);
}

Test(lookup, freeing_it_ends_every_node_once) {
    struct lookup lookup;
    cr_assert_eq(lookup_init(&lookup), 0);
    for (uint32_t i = 0; i < 1000; i++) {
        struct thing *thing = calloc(1, sizeof *thing);
        lookup_add(&lookup, &thing->node, hash_name(i));
    }
    lookup_free(&lookup, end);
    cr_assert_eq(ended, 1000);
    lookup_free(&lookup, end); /* zeroed: nothing */
}

Test(lookup, without_memory_chains_get_longer_and_nothing_else_changes) {
    struct lookup lookup;
    for (allocations_left = 0; allocations_left < 2; allocations_left++) {
        long left = allocations_left;
        cr_assert_eq(lookup_init(&lookup), -ENOMEM);
        allocations_left = left;
    }
    allocations_left = 2 + 1; /* the first segment and one more */
    cr_assert_eq(lookup_init(&lookup), 0);
    struct thing *things = fill(&lookup);
    cr_assert_eq(lookup.buckets, 2 * LOOKUP_SEGMENT);
    for (uint32_t i = 0; i < THINGS; i += 97)
        cr_assert_eq(find(&lookup, i), &things[i]);
    allocations_left = LONG_MAX;
    struct thing more[2000] = {0};
    for (uint32_t i = 0; i < 2000; i++) { /* memory is back: it goes on growing */
        more[i].name = THINGS + i;
        lookup_add(&lookup, &more[i].node, hash_name(THINGS + i));
    }
    cr_assert_eq(lookup.buckets, 2 * LOOKUP_SEGMENT + 2000);
    for (uint32_t i = 0; i < THINGS; i += 97)
        cr_assert_eq(find(&lookup, i), &things[i]);
    lookup_free(&lookup, NULL);
    free(things);
}
