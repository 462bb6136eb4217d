/* SPDX-License-Identifier: MIT */
#include "runtime/state/names.h"

#include "runtime/sip/lookup.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The records of an answer with their texts behind them: one block. */
struct known {
    size_t size;
    struct dns_answer answer;
    struct dns_record records[];
};

struct name {                       /* with a type of record */
    struct lookup_node node, by_id; /* by_id: while it is asked for */
    struct names *names;
    struct name *older, *newer; /* by when they were wanted last */
    struct known *known;        /* the last answer that said something; NULL: none yet */
    enum dns_status failure;    /* what became of a newer question; DNS_FOUND: nothing */
    uint64_t ends;              /* ms: when it is asked for again */
    uint64_t forgotten;         /* when `known` is too old for anything */
    struct name_waiter waiters; /* the head of their ring */
    struct timer patience;      /* runs while it is asked for and its old answer is not used yet */
    bool stale;                 /* the old answer is used until there is a new one */
    bool listed;                /* false: it is asked for, and makes no room */
    uint32_t id;                /* of the question; 0: it is not asked for */
    uint8_t type, length;
    char text[];
};

struct names {
    struct hash_key key;
    struct timers *timers;
    struct names_events events;
    struct lookup names, questions;
    struct name *newest, *oldest;
    size_t bytes; /* of what is known */
    uint32_t count, asked;
    uint32_t last_id;
    bool silent; /* old answers are used: nothing was heard since */
};

/* What is said without records. */
static const struct dns_answer failures[] = {[DNS_NXDOMAIN] = {.status = DNS_NXDOMAIN},
                                             [DNS_FAILED] = {.status = DNS_FAILED},
                                             [DNS_REFUSED] = {.status = DNS_REFUSED},
                                             [DNS_SERVFAIL] = {.status = DNS_SERVFAIL},
                                             [DNS_SILENT] = {.status = DNS_SILENT}};

/* The list. */

static void link_newest(struct names *names, struct name *name) {
    name->older = names->newest;
    name->newer = NULL;
    *(names->newest ? &names->newest->newer : &names->oldest) = name;
    names->newest = name;
    name->listed = true;
    names->count++;
}

static void take_out(struct names *names, struct name *name) {
    *(name->newer ? &name->newer->older : &names->newest) = name->older;
    *(name->older ? &name->older->newer : &names->oldest) = name->newer;
    name->listed = false;
    names->count--;
}

/* Names that are in use stay, however many others anybody comes with who has a zone of his own. */
static void touch(struct names *names, struct name *name) {
    if (!name->listed)
        return;
    take_out(names, name);
    link_newest(names, name);
}

/* Names. */

static struct name *of_node(struct lookup_node *node) {
    return (struct name *)(void *)((char *)node - offsetof(struct name, node));
}

static struct name *of_question(struct lookup_node *node) {
    return (struct name *)(void *)((char *)node - offsetof(struct name, by_id));
}

static uint64_t hash_of(const struct names *names, struct slice text, enum dns_type type) {
    char lower[DNS_NAME_MAX + 1];
    for (size_t i = 0; i < text.len; i++)
        lower[i] = byte_lower((unsigned char)text.at[i]);
    lower[text.len] = (char)type;
    return hash_keyed(&names->key, lower, text.len + 1);
}

static uint64_t hash_id(const struct names *names, uint32_t id) {
    return hash_keyed(&names->key, &id, sizeof id);
}

static struct slice text_of(const struct name *name) {
    return (struct slice){name->text, name->length};
}

static void set_known(struct name *name, struct known *known) {
    struct names *names = name->names;
    names->bytes += known ? known->size : 0;
    names->bytes -= name->known ? name->known->size : 0;
    free(name->known);
    name->known = known;
}

static void destroy(struct name *name) {
    struct names *names = name->names;
    timer_stop(names->timers, &name->patience);
    lookup_remove(&names->names, &name->node);
    lookup_remove(&names->questions, &name->by_id);
    set_known(name, NULL);
    free(name);
}

static struct name *find(struct names *names, struct slice text, enum dns_type type) {
    struct lookup_node *node = lookup_first(&names->names, hash_of(names, text, type));
    while (node && !(of_node(node)->type == type && slice_same(text_of(of_node(node)), text)))
        node = lookup_next(node);
    return node ? of_node(node) : NULL;
}

static struct name *make(struct names *names, struct slice text, enum dns_type type) {
    struct name *name = calloc(1, sizeof *name + text.len);
    if (!name)
        return NULL;
    name->names = names;
    name->type = (uint8_t)type;
    name->length = (uint8_t)text.len;
    memcpy(name->text, text.at, text.len);
    name->waiters.next = name->waiters.previous = &name->waiters;
    lookup_add(&names->names, &name->node, hash_of(names, text, type));
    return name;
}

struct names *names_new(const struct hash_key *key, struct timers *timers, const struct names_events *events) {
    struct names *names = calloc(1, sizeof *names);
    if (!names)
        return NULL;
    names->key = *key;
    names->timers = timers;
    names->events = *events;
    if (lookup_init(&names->names) == 0 && lookup_init(&names->questions) == 0)
        return names;
    names_free(names);
    return NULL;
}

static void end_name(struct lookup_node *node) {
    struct name *name = of_node(node);
    while (name->waiters.next != &name->waiters)
        names_leave(name->waiters.next);
    timer_stop(name->names->timers, &name->patience);
    free(name->known);
    free(name);
}

void names_free(struct names *names) {
    if (!names)
        return;
    lookup_free(&names->questions, NULL);
    lookup_free(&names->names, end_name);
    free(names);
}

/* Waiting. */

static void wait_before(struct name_waiter *next, struct name_waiter *waiter) {
    waiter->next = next;
    waiter->previous = next->previous;
    waiter->previous->next = waiter;
    next->previous = waiter;
}

void names_leave(struct name_waiter *waiter) {
    if (!waiter->next)
        return;
    waiter->next->previous = waiter->previous;
    waiter->previous->next = waiter->next;
    waiter->next = waiter->previous = NULL;
}

/* Those who wait now; who comes meanwhile is not among them. */
static void tell(struct name *name, const struct dns_answer *answer, uint64_t now) {
    struct name_waiter head;
    wait_before(name->waiters.next, &head);
    names_leave(&name->waiters);
    name->waiters.next = name->waiters.previous = &name->waiters;
    while (head.next != &head) {
        struct name_waiter *waiter = head.next;
        names_leave(waiter);
        waiter->told(waiter, answer, now);
    }
}

/* Old answers. */

static bool is_usable(const struct name *name, uint64_t now) {
    return name->known && now < name->forgotten;
}

static const struct dns_answer *use_stale(struct name *name, uint64_t now) {
    struct names *names = name->names;
    bool first = !names->silent;
    names->silent = true;
    names->events.stale(names->events.context, text_of(name), first, now);
    return &name->known->answer;
}

static void patience_ends(struct timer *timer, uint64_t now) {
    struct name *name = (struct name *)(void *)((char *)timer - offsetof(struct name, patience));
    name->stale = true;
    if (name->waiters.next != &name->waiters)
        tell(name, use_stale(name, now), now);
}

/* Keeping. */

static struct slice put_text(char **at, struct slice text) {
    char *copy = *at;
    if (text.len)
        memcpy(copy, text.at, text.len);
    *at += text.len;
    return (struct slice){copy, text.len};
}

static struct known *copy(const struct dns_answer *answer) {
    unsigned count = answer->count < DNS_RECORDS_MAX ? answer->count : DNS_RECORDS_MAX;
    size_t size = 0;
    for (unsigned i = 0; i < count; i++)
        size += answer->records[i].name.len + answer->records[i].service.len + answer->records[i].flags.len;
    size += sizeof(struct known) + count * sizeof(struct dns_record);
    struct known *known = malloc(size);
    if (!known)
        return NULL;
    known->size = size;
    char *at = (char *)(known->records + count);
    known->answer = (struct dns_answer){answer->status, answer->ttl, count, known->records};
    for (unsigned i = 0; i < count; i++) {
        struct dns_record *record = &known->records[i];
        *record = answer->records[i];
        record->name = put_text(&at, record->name);
        record->service = put_text(&at, record->service);
        record->flags = put_text(&at, record->flags);
    }
    return known;
}

/* ms */
static uint32_t time_to_live(const struct dns_answer *answer) {
    bool found = answer->status == DNS_FOUND;
    uint32_t most = found ? NAMES_TTL_MOST : NAMES_ABSENT_MOST;
    uint32_t ttl = found || answer->ttl ? answer->ttl : NAMES_ABSENT;
    return 1000 * (ttl < NAMES_TTL_LEAST ? NAMES_TTL_LEAST : ttl > most ? most : ttl);
}

static void keep(struct name *name, struct known *known, uint64_t now) {
    set_known(name, known);
    name->failure = DNS_FOUND;
    name->ends = now + time_to_live(&known->answer);
    name->forgotten = name->ends + NAMES_STALE_MOST * 1000u;
}

static void note_failure(struct name *name, enum dns_status status, uint64_t now) {
    name->failure = status;
    name->ends = now + NAMES_FAILED_TIME * 1000u;
    if (!is_usable(name, now))
        set_known(name, NULL);
}

static void end_question(struct name *name) {
    struct names *names = name->names;
    lookup_remove(&names->questions, &name->by_id);
    timer_stop(names->timers, &name->patience);
    name->id = 0;
    name->stale = false;
    names->asked--;
}

static void put_in(struct names *names, struct name *name) {
    while (names->count == NAMES_MAX || (names->count && names->bytes > NAMES_BYTES)) {
        struct name *oldest = names->oldest;
        take_out(names, oldest);
        destroy(oldest);
    }
    link_newest(names, name);
}

/* Asking. */

/* False: it could not be asked. */
static bool ask(struct name *name, uint64_t now) {
    struct names *names = name->names;
    if (name->listed)
        take_out(names, name);
    if (++names->last_id == 0)
        names->last_id = 1;
    name->id = names->last_id;
    lookup_add(&names->questions, &name->by_id, hash_id(names, name->id));
    names->asked++;
    name->stale = (name->failure != DNS_FOUND || names->silent) && is_usable(name, now);
    if (!name->stale && is_usable(name, now))
        timer_set(names->timers, &name->patience, now, NAMES_STALE_AFTER, patience_ends);
    if (names->events.ask(names->events.context, name->id, text_of(name), (enum dns_type)name->type))
        return true;
    end_question(name);
    note_failure(name, DNS_FAILED, now);
    put_in(names, name);
    return false;
}

const struct dns_answer *names_find(struct names *names, struct slice text, enum dns_type type,
                                    struct name_waiter *waiter, uint64_t now) {
    if (text.len == 0 || text.len > DNS_NAME_MAX)
        return &failures[DNS_NXDOMAIN];
    struct name *name = find(names, text, type);
    if (name && !name->id && now < name->ends) {
        touch(names, name);
        if (name->failure == DNS_FOUND)
            return &name->known->answer;
        return is_usable(name, now) ? use_stale(name, now) : &failures[name->failure];
    }
    bool full = names->asked >= (waiter->guest ? NAMES_ASKED_MAX / 2 : NAMES_ASKED_MAX);
    if (!name && !full)
        name = make(names, text, type);
    if (!name)
        return &failures[DNS_FAILED];
    if (!name->id && (full || !ask(name, now)))
        return is_usable(name, now) ? use_stale(name, now) : &failures[DNS_FAILED];
    if (name->stale && is_usable(name, now))
        return use_stale(name, now);
    wait_before(&name->waiters, waiter);
    return NULL;
}

/* Being told. */

void names_answered(struct names *names, uint32_t id, const struct dns_answer *answer, uint64_t now) {
    struct lookup_node *node = id ? lookup_first(&names->questions, hash_id(names, id)) : NULL;
    while (node && of_question(node)->id != id)
        node = lookup_next(node);
    if (!node)
        return;
    struct name *name = of_question(node);
    bool failed = dns_is_failure(answer->status);
    struct known *known = failed ? NULL : copy(answer);
    bool waited = name->waiters.next != &name->waiters;
    end_question(name);
    names->silent &= failed;
    if (known)
        keep(name, known, now);
    else
        note_failure(name, failed ? answer->status : DNS_FAILED, now);
    if (waited) /* before it is listed, and could be the one that makes room */
        tell(name, failed && name->known ? use_stale(name, now) : answer, now);
    put_in(names, name);
}

void names_doubt(struct names *names, uint64_t now) {
    for (struct name *name = names->newest; name; name = name->older) {
        if (name->known && name->known->answer.status != DNS_FOUND)
            set_known(name, NULL);
        if (!name->known || name->failure != DNS_FOUND)
            name->ends = now;
    }
}

unsigned names_count(const struct names *names) {
    return names->count;
}

unsigned names_asked(const struct names *names) {
    return names->asked;
}
