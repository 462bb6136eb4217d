/* SPDX-License-Identifier: MIT */
#include "runtime/sim/nameserver.h"

static bool is_below(struct slice name, struct slice of) {
    return name.len > of.len && name.at[name.len - of.len - 1] == '.' &&
           slice_same(slice_from(name, name.len - of.len), of);
}

static bool is_said(const struct sim_saying *saying, uint64_t now) {
    return now >= saying->from && now < saying->until;
}

static bool exists(const struct sim_saying *sayings, struct slice name, uint64_t now) {
    for (; sayings; sayings = sayings->next)
        if (is_said(sayings, now) && (slice_same(sayings->name, name) || is_below(sayings->name, name)))
            return true;
    return false;
}

static bool is_answer(const struct sim_saying *saying, struct slice name, enum dns_type type, uint64_t now) {
    return is_said(saying, now) && (saying->type == type || saying->type == DNS_TYPES) &&
           slice_same(saying->name, name);
}

bool nameserver_answer(const struct sim_saying *sayings, struct slice name, enum dns_type type, uint64_t now,
                       struct arena *arena, struct dns_answer *answer, uint32_t *after) {
    unsigned count = 0;
    *after = 0;
    *answer = (struct dns_answer){.status = exists(sayings, name, now) ? DNS_NODATA : DNS_NXDOMAIN};
    for (const struct sim_saying *saying = sayings; saying; saying = saying->next) {
        if (!is_answer(saying, name, type, now))
            continue;
        *after = saying->status == DNS_SILENT ? NAMESERVER_SILENCE : saying->after;
        answer->ttl = saying->ttl;
        if (saying->status != DNS_FOUND) { /* it is said instead of any record */
            answer->status = saying->status;
            return true;
        }
        count++;
    }
    if (!count)
        return true;
    struct dns_record *records = arena_alloc(arena, count * sizeof *records);
    if (!records)
        return false;
    answer->status = DNS_FOUND;
    answer->count = count;
    answer->records = records;
    for (const struct sim_saying *saying = sayings; saying; saying = saying->next)
        if (is_answer(saying, name, type, now))
            records[--count] = saying->record; /* the newest stands first in the list */
    return true;
}
