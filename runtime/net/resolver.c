/* SPDX-License-Identifier: MIT */
#include "runtime/net/resolver.h"

#include "runtime/net/dns_answer.h"
#include "grammar/arena.h"

#include <ares.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum {
    TIMEOUT = 1500, /* ms of the first try; c-ares doubles it for the second */
    TRIES = 2,
    UDP_SIZE = 1232, /* EDNS: what passes every path in one piece */
    CLASS_INTERNET = 1,
    ANSWER_MAX = 64 * 1024,
};

static const int types[DNS_TYPES] = {[DNS_A] = 1, [DNS_AAAA] = 28, [DNS_SRV] = 33, [DNS_NAPTR] = 35};

/* A question is among `open` until its time is over or it has an answer, then among `ready` until that is told. c-ares
 * may need it longer. */
enum query_state { QUERY_OPEN, QUERY_READY, QUERY_TOLD };

struct query {
    struct query *next, **link; /* in its list */
    enum query_state state;
    struct resolver *resolver;
    uint64_t deadline;
    uint32_t id;
    enum dns_type type;
    bool asked; /* c-ares will call back */
    struct arena arena;
    struct dns_answer answer;
};

struct list {
    struct query *first, **end;
};

struct watched { /* a socket of c-ares */
    struct watched *next;
    struct resolver *resolver;
    int fd;
    struct loop_watch *read, *write;
};

struct resolver {
    ares_channel channel;
    struct loop *loop;
    struct resolver_events events;
    struct list open, ready; /* open: all have the same time, so the first is due first */
    struct watched *sockets;
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
    if (query->asked || query->state != QUERY_TOLD)
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

static enum dns_status status_of(int status) {
    switch (status) {
    case ARES_ENODATA: return DNS_NODATA;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME: return DNS_NXDOMAIN;
    case ARES_ETIMEOUT: return DNS_SILENT;
    default:
        return DNS_FAILED; /* ARES_ECONNREFUSED too: so c-ares calls it when every server says that it cannot tell */
    }
}

static void on_answer(void *context, int status, int timeouts, unsigned char *bytes, int length) {
    struct query *query = context;
    (void)timeouts;
    query->asked = false;
    if (query->state != QUERY_OPEN) { /* nobody waits for it any more */
        release(query);
        return;
    }
    if (bytes && length > 0)
        dns_answer_read(&query->answer, (struct slice){(const char *)bytes, (size_t)length}, query->type,
                        &query->arena);
    else
        query->answer.status = status_of(status);
    make_ready(query);
}

/* /etc/hosts. */

static bool look_up(const struct resolver *resolver, const char *name, int family, struct query *query) {
    struct hostent *host;
    if (ares_gethostbyname_file(resolver->channel, name, family, &host) != ARES_SUCCESS)
        return false;
    size_t length = family == AF_INET ? 4 : 16;
    struct dns_record *records = arena_alloc(&query->arena, DNS_RECORDS_MAX * sizeof *records);
    for (char **at = host->h_addr_list; records && *at && query->answer.count < DNS_RECORDS_MAX; at++) {
        struct dns_record *record = &records[query->answer.count];
        if (host->h_addrtype != family)
            break;
        record->name = record->service = record->flags = SLICE_EMPTY;
        record->ip.family = family == AF_INET ? 4 : 6;
        memcpy(record->ip.bytes, *at, length);
        query->answer.count++;
    }
    query->answer.records = records;
    ares_free_hostent(host);
    return query->answer.count != 0;
}

/* Of _sip._udp.example.net it is example.net. */
static const char *host_of(const char *name) {
    while (*name == '_' && strchr(name, '.'))
        name = strchr(name, '.') + 1;
    return name;
}

/* A name that stands there has no other records than those. */
static bool answer_from_hosts(const struct resolver *resolver, const char *name, struct query *query) {
    static const int families[DNS_TYPES] = {[DNS_A] = AF_INET, [DNS_AAAA] = AF_INET6};
    int wanted = families[query->type];
    const char *host = host_of(name);
    query->answer.ttl = RESOLVER_HOSTS_TTL;
    query->answer.status = DNS_FOUND;
    if (wanted && look_up(resolver, host, wanted, query))
        return true;
    bool known = (wanted != AF_INET && look_up(resolver, host, AF_INET, query)) ||
                 (wanted != AF_INET6 && look_up(resolver, host, AF_INET6, query));
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
    if (answer_from_hosts(resolver, text, query)) {
        make_ready(query);
        return true;
    }
    query->asked = true;
    if (strchr(text, '.'))
        ares_query(resolver->channel, text, CLASS_INTERNET, types[type], on_answer, query);
    else
        ares_search(resolver->channel, text, CLASS_INTERNET, types[type], on_answer, query);
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
    if (resolver->open.first)
        ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* its own timers */
    give_up_late(resolver);
    if (!resolver->ready.first)
        return false;
    for (struct query *query; (query = take_first(&resolver->ready));) {
        resolver->events.answered(resolver->events.context, query->id, &query->answer);
        release(query);
    }
    return true;
}

uint64_t resolver_due(const struct resolver *resolver) {
    struct timeval left;
    if (!resolver->open.first)
        return UINT64_MAX;
    uint64_t due = resolver->open.first->deadline;
    if (!ares_timeout(resolver->channel, NULL, &left))
        return due;
    uint64_t own = loop_now() + (uint64_t)left.tv_sec * 1000 + ((uint64_t)left.tv_usec + 999) / 1000;
    return own < due ? own : due;
}

/* Sockets. */

static void on_readable(void *context) {
    struct watched *watched = context;
    struct resolver *resolver = watched->resolver; /* c-ares may close the socket, and `watched` goes */
    ares_process_fd(resolver->channel, watched->fd, ARES_SOCKET_BAD);
    resolver->events.woken(resolver->events.context);
}

static void on_writable(void *context) {
    struct watched *watched = context;
    struct resolver *resolver = watched->resolver;
    ares_process_fd(resolver->channel, ARES_SOCKET_BAD, watched->fd);
    resolver->events.woken(resolver->events.context);
}

static void unwatch(struct watched **link) {
    struct watched *watched = *link;
    *link = watched->next;
    loop_forget(watched->read);
    loop_forget(watched->write);
    free(watched);
}

/* Without memory a socket is not watched: what was asked through it stays unanswered. */
static struct watched *watch(struct resolver *resolver, int fd) {
    struct watched *watched = calloc(1, sizeof *watched);
    if (!watched)
        return NULL;
    watched->resolver = resolver;
    watched->fd = fd;
    watched->read = loop_read(resolver->loop, fd, on_readable, watched);
    watched->write = loop_write(resolver->loop, fd, on_writable, watched);
    watched->next = resolver->sockets;
    resolver->sockets = watched;
    if (watched->read && watched->write)
        return watched;
    unwatch(&resolver->sockets);
    return NULL;
}

static void on_socket(void *context, ares_socket_t fd, int readable, int writable) {
    struct resolver *resolver = context;
    struct watched **link = &resolver->sockets;
    while (*link && (*link)->fd != fd)
        link = &(*link)->next;
    if (!readable && !writable) {
        if (*link)
            unwatch(link);
        return;
    }
    struct watched *watched = *link ? *link : watch(resolver, fd);
    if (watched)
        (writable ? loop_wake : loop_sleep)(watched->write);
}

/* Opening and closing. */

static int set_servers(struct resolver *resolver, const struct endpoint *servers, unsigned count) {
    struct ares_addr_port_node *nodes = count ? calloc(count, sizeof *nodes) : NULL;
    if (!count)
        return 0;
    if (!nodes)
        return -ENOMEM;
    for (unsigned i = 0; i < count; i++) {
        bool six = servers[i].ip.family == 6;
        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
        nodes[i].family = six ? AF_INET6 : AF_INET;
        nodes[i].udp_port = nodes[i].tcp_port = servers[i].port;
        memcpy(&nodes[i].addr, servers[i].ip.bytes, six ? 16 : 4);
    }
    int result = ares_set_servers_ports(resolver->channel, nodes);
    free(nodes);
    return result == ARES_SUCCESS ? 0 : -ENOMEM;
}

int resolver_open(struct resolver **out, struct loop *loop, const struct endpoint *servers, unsigned count,
                  const struct resolver_events *events) {
    struct resolver *resolver = calloc(1, sizeof *resolver);
    *out = NULL;
    if (!resolver)
        return -ENOMEM;
    resolver->loop = loop;
    resolver->events = *events;
    resolver->open.end = &resolver->open.first;
    resolver->ready.end = &resolver->ready.first;
    struct ares_options options = {
        .flags = ARES_FLAG_EDNS,
        .timeout = TIMEOUT,
        .tries = TRIES,
        .ednspsz = UDP_SIZE,
        .sock_state_cb = on_socket,
        .sock_state_cb_data = resolver,
    };
    int result = ares_library_init(ARES_LIB_INIT_ALL);
    if (result == ARES_SUCCESS) {
        result = ares_init_options(&resolver->channel, &options,
                                   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                                       ARES_OPT_SOCK_STATE_CB);
        if (result != ARES_SUCCESS)
            ares_library_cleanup();
    }
    if (result != ARES_SUCCESS) {
        free(resolver);
        return result == ARES_ENOMEM ? -ENOMEM : -EIO;
    }
    int error = set_servers(resolver, servers, count);
    if (error) {
        resolver_close(resolver);
        return error;
    }
    *out = resolver;
    return 0;
}

void resolver_close(struct resolver *resolver) {
    if (!resolver)
        return;
    for (struct query *query; (query = take_first(&resolver->open)) || (query = take_first(&resolver->ready));)
        release(query);
    ares_destroy(resolver->channel); /* calls back for what it still has */
    ares_library_cleanup();
    while (resolver->sockets)
        unwatch(&resolver->sockets);
    free(resolver);
}
