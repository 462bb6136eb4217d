/* SPDX-License-Identifier: MIT */
#include "runtime/net/resolver.h"

#include "runtime/net/dns_answer.h"
#include "grammar/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    ANSWER_MAX = 64 * 1024,
    CHANNELS_MAX = 8,
    SERVERS_MAX = 8, /* that are told of */
};

/* A question is among `open` until its time is over or it has an answer, then among `ready` until that is told. Its
 * channel may need it longer. */
enum query_state { QUERY_OPEN, QUERY_READY, QUERY_TOLD };

struct query {
    struct channel_question question; /* its first member */
    struct query *next, **link;       /* in its list */
    enum query_state state;
    struct resolver *resolver;
    uint64_t deadline;
    uint32_t id;
    enum dns_type type;
    struct arena arena;
    struct dns_answer answer;
};

struct list {
    struct query *first, **end;
};

struct version { /* of a file: another one has another */
    dev_t device;
    ino_t number;
    off_t size;
    struct timespec modified, changed;
};

struct resolver {
    struct loop *loop;
    struct channel_servers servers;
    struct resolver_events events;
    struct channel *channels[CHANNELS_MAX]; /* the newest first; the others have questions to finish */
    unsigned channel_count;
    struct version version;  /* of the file that the newest has read */
    uint64_t looked;         /* when it was looked at */
    bool changed;            /* and that was not told yet */
    struct list open, ready; /* open: all have the same time, so the first is due first */
};

/* Lists. */

static void append(struct list *list, struct query *query) {
    query->next = NULL;
    query->link = list->end;
    *list->end = query;
    list->end = &query->next;
}

static void take_out(struct list *list, struct query *query) {
    *query->link = query->next;
    if (query->next)
        query->next->link = query->link;
    else
        list->end = query->link;
}

static void release(struct query *query) {
    if (query->question.channel || query->state != QUERY_TOLD)
        return;
    arena_free(&query->arena);
    free(query);
}

static void make_ready(struct query *query) {
    struct resolver *resolver = query->resolver;
    take_out(&resolver->open, query);
    append(&resolver->ready, query);
    query->state = QUERY_READY;
}

static struct query *take_first(struct list *list) {
    struct query *query = list->first;
    if (query) {
        take_out(list, query);
        query->state = QUERY_TOLD;
    }
    return query;
}

/* Answers. */

static void on_answer(struct channel_question *question, struct slice bytes, enum dns_status status) {
    struct query *query = (struct query *)(void *)question;
    if (query->state != QUERY_OPEN) { /* nobody waits for it any more */
        release(query);
        return;
    }
    if (status == DNS_FOUND)
        dns_answer_read(&query->answer, bytes, query->type, &query->arena);
    else
        query->answer.status = status;
    make_ready(query);
}

/* Its name servers. */

/* False: the file is not there. */
static bool find_version(const char *file, struct version *version) {
    struct stat found;
    if (stat(file, &found) != 0)
        return false;
    *version = (struct version){found.st_dev, found.st_ino, found.st_size, found.st_mtim, found.st_ctim};
    return true;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b) {
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same(const struct version *a, const struct version *b) {
    return a->device == b->device && a->number == b->number && a->size == b->size &&
           is_same_time(&a->modified, &b->modified) && is_same_time(&a->changed, &b->changed);
}

/* The newest of all. */
static int add_channel(struct resolver *resolver) {
    struct channel *channel;
    int result =
        channel_open(&channel, resolver->loop, &resolver->servers, resolver->events.woken, resolver->events.context);
    if (result)
        return result;
    memmove(resolver->channels + 1, resolver->channels, resolver->channel_count * sizeof *resolver->channels);
    resolver->channels[0] = channel;
    resolver->channel_count++;
    return 0;
}

/* The version is found before the file is read: what changes in between is seen the next time. A file that is gone, as
 * it is for a moment when some programs write it, changes nothing, and what finds no memory is tried again. */
static void follow_file(struct resolver *resolver) {
    struct version version;
    uint64_t now = loop_now();
    if (resolver->servers.count || now < resolver->looked + RESOLVER_LOOK)
        return;
    resolver->looked = now;
    if (!find_version(resolver->servers.file, &version) || is_same(&version, &resolver->version) ||
        resolver->channel_count == CHANNELS_MAX || add_channel(resolver) != 0)
        return;
    resolver->version = version;
    resolver->changed = true;
}

static void tell_change(struct resolver *resolver) {
    struct endpoint servers[SERVERS_MAX];
    if (!resolver->changed)
        return;
    resolver->changed = false;
    resolver->events.changed(resolver->events.context, servers,
                             channel_list(resolver->channels[0], servers, SERVERS_MAX));
}

static void close_finished(struct resolver *resolver) {
    unsigned kept = 1;
    for (unsigned i = 1; i < resolver->channel_count; i++)
        if (channel_busy(resolver->channels[i]))
            resolver->channels[kept++] = resolver->channels[i];
        else
            channel_close(resolver->channels[i]);
    resolver->channel_count = kept;
}

/* /etc/hosts. */

static bool look_up(const struct resolver *resolver, const char *name, uint8_t family, struct query *query) {
    struct ip_address list[DNS_RECORDS_MAX];
    unsigned count = channel_hosts(resolver->channels[0], name, family, list, DNS_RECORDS_MAX);
    struct dns_record *records = count ? arena_alloc(&query->arena, count * sizeof *records) : NULL;
    if (!records)
        return false;
    for (unsigned i = 0; i < count; i++)
        records[i] =
            (struct dns_record){.ip = list[i], .name = SLICE_EMPTY, .service = SLICE_EMPTY, .flags = SLICE_EMPTY};
    query->answer.records = records;
    query->answer.count = count;
    return true;
}

/* Of _sip._udp.example.net it is example.net. */
static const char *host_of(const char *name) {
    while (*name == '_' && strchr(name, '.'))
        name = strchr(name, '.') + 1;
    return name;
}

/* A name that stands there has no other records than those. */
static bool answer_from_hosts(const struct resolver *resolver, const char *name, struct query *query) {
    static const uint8_t families[DNS_TYPES] = {[DNS_A] = 4, [DNS_AAAA] = 6};
    uint8_t wanted = families[query->type];
    const char *host = host_of(name);
    query->answer.ttl = RESOLVER_HOSTS_TTL;
    query->answer.status = DNS_FOUND;
    if (wanted && look_up(resolver, host, wanted, query))
        return true;
    bool known =
        (wanted != 4 && look_up(resolver, host, 4, query)) || (wanted != 6 && look_up(resolver, host, 6, query));
    query->answer = (struct dns_answer){.status = DNS_NODATA, .ttl = known ? RESOLVER_HOSTS_TTL : 0};
    return known;
}

/* Asking. */

bool resolver_ask(struct resolver *resolver, uint32_t id, struct slice name, enum dns_type type) {
    struct query *query = calloc(1, sizeof *query);
    char text[DNS_NAME_MAX + 1];
    if (!query)
        return false;
    arena_init(&query->arena, NULL, 0, ANSWER_MAX);
    query->question.answered = on_answer;
    query->resolver = resolver;
    query->id = id;
    query->type = type;
    query->deadline = loop_now() + RESOLVER_SILENCE;
    query->answer.status = DNS_NXDOMAIN;
    append(&resolver->open, query);
    if (name.len > DNS_NAME_MAX) {
        make_ready(query);
        return true;
    }
    memcpy(text, name.at, name.len);
    text[name.len] = '\0';
    follow_file(resolver);
    if (answer_from_hosts(resolver, text, query))
        make_ready(query);
    else
        channel_ask(resolver->channels[0], &query->question, text, type);
    return true;
}

static void give_up_late(struct resolver *resolver) {
    uint64_t now = loop_now();
    while (resolver->open.first && resolver->open.first->deadline <= now) {
        struct query *query = resolver->open.first;
        query->answer = (struct dns_answer){.status = DNS_SILENT};
        make_ready(query);
    }
}

bool resolver_deliver(struct resolver *resolver) {
    for (unsigned i = 0; resolver->open.first && i < resolver->channel_count; i++)
        channel_tick(resolver->channels[i]);
    give_up_late(resolver);
    close_finished(resolver);
    tell_change(resolver);
    if (!resolver->ready.first)
        return false;
    for (struct query *query; (query = take_first(&resolver->ready));) {
        resolver->events.answered(resolver->events.context, query->id, &query->answer);
        release(query);
    }
    return true;
}

uint64_t resolver_due(const struct resolver *resolver) {
    if (!resolver->open.first)
        return UINT64_MAX;
    uint64_t due = resolver->open.first->deadline;
    for (unsigned i = 0; i < resolver->channel_count; i++) {
        uint64_t own = channel_due(resolver->channels[i]);
        due = own < due ? own : due;
    }
    return due;
}

/* Opening and closing. */

int resolver_open(struct resolver **out, struct loop *loop, const struct channel_servers *servers,
                  const struct resolver_events *events) {
    struct resolver *resolver = calloc(1, sizeof *resolver);
    *out = NULL;
    if (!resolver)
        return -ENOMEM;
    resolver->loop = loop;
    resolver->servers = *servers;
    resolver->events = *events;
    resolver->open.end = &resolver->open.first;
    resolver->ready.end = &resolver->ready.first;
    resolver->looked = loop_now();
    find_version(servers->file, &resolver->version);
    int result = add_channel(resolver);
    if (result)
        free(resolver);
    else
        *out = resolver;
    return result;
}

void resolver_close(struct resolver *resolver) {
    if (!resolver)
        return;
    for (struct query *query; (query = take_first(&resolver->open)) || (query = take_first(&resolver->ready));)
        release(query);
    while (resolver->channel_count)
        channel_close(resolver->channels[--resolver->channel_count]);
    free(resolver);
}
