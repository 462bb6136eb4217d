/* SPDX-License-Identifier: MIT */
#include "runtime/state/health.h"

#include "runtime/sip/lookup.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    struct health_target target;
    struct lookup_node node;
    struct entry *newer, *older; /* by their last failure */
};

struct health {
    struct hash_key key;
    struct lookup table;
    struct entry *newest, *oldest;
    unsigned most;
    uint64_t added; /* when the last one came that was not there */
};

static uint64_t hash_of(const struct health *health, const struct endpoint *at) {
    uint8_t bytes[24] = {at->ip.family, at->transport, (uint8_t)(at->port >> 8), (uint8_t)at->port};
    memcpy(bytes + 4, at->ip.bytes, sizeof at->ip.bytes);
    memcpy(bytes + 20, &at->scope, sizeof at->scope);
    return hash_keyed(&health->key, bytes, sizeof bytes);
}

static struct entry *entry_of(struct lookup_node *node) {
    return (struct entry *)(void *)((char *)node - offsetof(struct entry, node));
}

static struct entry *find(const struct health *health, const struct endpoint *at) {
    if (!health->table.count)
        return NULL;
    struct lookup_node *node = lookup_first(&health->table, hash_of(health, at));
    while (node && !endpoint_equal(&entry_of(node)->target.at, at))
        node = lookup_next(node);
    return node ? entry_of(node) : NULL;
}

/* The order of their last failures. */

static void link_newest(struct health *health, struct entry *entry) {
    entry->newer = NULL;
    entry->older = health->newest;
    if (health->newest)
        health->newest->newer = entry;
    else
        health->oldest = entry;
    health->newest = entry;
}

static void unlink_entry(struct health *health, struct entry *entry) {
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        health->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        health->oldest = entry->newer;
}

static void forget(struct health *health, struct entry *entry) {
    unlink_entry(health, entry);
    lookup_remove(&health->table, &entry->node);
    free(entry);
}

static void free_entry(struct lookup_node *node) {
    free(entry_of(node));
}

struct health *health_new(const struct hash_key *key, unsigned most) {
    struct health *health = calloc(1, sizeof *health);
    if (!health || lookup_init(&health->table)) {
        free(health);
        return NULL;
    }
    health->key = *key;
    health->most = most;
    return health;
}

void health_free(struct health *health) {
    if (!health)
        return;
    lookup_free(&health->table, free_entry);
    free(health);
}

/* What is known. */

/* Nothing is left that speaks against it. */
static bool is_void(const struct health_target *target, uint64_t now) {
    return !target->failures && now >= target->behind;
}

static struct entry *find_bad(struct health *health, const struct endpoint *at, uint64_t now) {
    struct entry *entry = find(health, at);
    if (!entry || !is_void(&entry->target, now))
        return entry;
    forget(health, entry);
    return NULL;
}

enum health_advice health_ask(struct health *health, const struct endpoint *at, uint64_t now) {
    struct entry *entry = find_bad(health, at, now);
    if (!entry)
        return HEALTH_GOOD;
    struct health_target *target = &entry->target;
    if (!target->until)
        return HEALTH_FAILED;
    if (now < target->until || target->trial)
        return HEALTH_HELD;
    target->trial = true;
    return HEALTH_TRIAL;
}

enum health_advice health_look(struct health *health, const struct endpoint *at, uint64_t now) {
    return find_bad(health, at, now) ? HEALTH_FAILED : HEALTH_GOOD;
}

bool health_is_behind(const struct health *health, const struct endpoint *at, uint64_t now) {
    const struct entry *entry = find(health, at);
    return entry && now < entry->target.behind;
}

/* The entry of one that has just failed, the newest of all; NULL: out of memory. A longer time behind its equals
 * stays. */
static struct entry *note(struct health *health, const struct endpoint *at, enum cause cause, uint32_t behind,
                          uint64_t now) {
    struct entry *entry = find_bad(health, at, now);
    if (entry) {
        unlink_entry(health, entry);
    } else {
        entry = calloc(1, sizeof *entry);
        if (!entry)
            return NULL;
        if (health->table.count >= health->most)
            forget(health, health->oldest);
        entry->target.at = *at;
        lookup_add(&health->table, &entry->node, hash_of(health, at));
        health->added = now;
    }
    link_newest(health, entry);
    entry->target.cause = (uint8_t)cause;
    if (entry->target.behind < now + behind)
        entry->target.behind = now + behind;
    return entry;
}

static uint32_t hold(struct health_target *target, uint64_t delay, uint64_t now) {
    target->hold = (uint32_t)delay;
    target->until = now + delay;
    target->trial = false;
    return target->hold;
}

/* Of those that began before it was held down, or were made in spite of it, only the count is kept: many may end in the
 * same millisecond. */
static uint32_t judge(struct health_target *target, const struct health_failure *failure, uint64_t now) {
    bool at_once = cause_kinds[failure->cause] == CAUSE_KIND_TRANSPORT;
    if (!target->until)
        return at_once || target->failures >= HEALTH_FAILURES ? hold(target, failure->hold, now) : 0;
    if (!failure->trial || !target->trial)
        return 0;
    uint64_t longer = 2 * (uint64_t)target->hold, most = (uint64_t)HEALTH_HOLD_FACTOR * failure->hold;
    longer = longer > failure->hold ? longer : failure->hold;
    return hold(target, longer < most ? longer : most, now);
}

uint32_t health_failed(struct health *health, const struct endpoint *at, const struct health_failure *failure,
                       uint64_t now) {
    struct entry *entry = note(health, at, failure->cause, HEALTH_BEHIND, now);
    if (!entry || !failure->hold)
        return 0;
    entry->target.failures += entry->target.failures < UINT32_MAX;
    return judge(&entry->target, failure, now);
}

void health_untried(struct health *health, const struct endpoint *at) {
    struct entry *entry = find(health, at);
    if (entry)
        entry->target.trial = false;
}

bool health_responded(struct health *health, const struct endpoint *at) {
    struct entry *entry = find(health, at);
    if (!entry)
        return false;
    bool held = entry->target.until != 0;
    forget(health, entry);
    return held;
}

bool health_busy(struct health *health, const struct endpoint *at, uint32_t ms, uint64_t now) {
    struct entry *entry = note(health, at, CAUSE_RESPONSE, ms, now);
    if (!entry)
        return false;
    struct health_target *target = &entry->target;
    bool held = target->until != 0;
    target->until = 0;
    target->failures = 0;
    target->trial = false;
    return held;
}

uint64_t health_newest(const struct health *health) {
    return health->added;
}

/* The list. */

static const struct health_target *bad_from(const struct entry *entry, uint64_t now) {
    while (entry && is_void(&entry->target, now))
        entry = entry->older;
    return entry ? &entry->target : NULL;
}

const struct health_target *health_first(const struct health *health, uint64_t now) {
    return bad_from(health->newest, now);
}

const struct health_target *health_next(const struct health_target *target, uint64_t now) {
    return bad_from(((const struct entry *)(const void *)target)->older, now);
}

unsigned health_count(const struct health *health, uint64_t now) {
    unsigned count = 0;
    for (const struct health_target *target = health_first(health, now); target; target = health_next(target, now))
        count++;
    return count;
}
