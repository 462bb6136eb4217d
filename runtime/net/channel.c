/* SPDX-License-Identifier: MIT */
#include "runtime/net/channel.h"

#include <ares.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    /* ms of each server's first turn, doubled by c-ares for each further one; it starts with the same one every time,
     * and one that is dead costs that much of each question. */
    TIMEOUT = 500,
    TRIES = 4,       /* turns: who asks gives up before they are over */
    UDP_SIZE = 1232, /* EDNS: what passes every path in one piece */
    CLASS_INTERNET = 1,
    DNS_PORT = 53,
    RCODE_SERVFAIL = 2,
    RCODE_REFUSED = 5,
};

static const int types[DNS_TYPES] = {[DNS_A] = 1, [DNS_AAAA] = 28, [DNS_SRV] = 33, [DNS_NAPTR] = 35};

struct watched { /* a socket of c-ares */
    struct watched *next;
    struct channel *channel;
    int fd;
    struct loop_watch *read, *write;
};

struct channel {
    ares_channel ares;
    struct loop *loop;
    loop_event *woken;
    void *context;
    struct watched *sockets;
    unsigned asked; /* questions on their way */
    uint16_t port;  /* of servers that have none of their own */
    uint8_t rcode;  /* of the last datagram */
};

/* Answers. */

/* When every server says that it cannot tell, c-ares calls that a refused connection, and keeps what they said to
 * itself. The last of them has just been read. */
static enum dns_status status_of(const struct channel *channel, int status) {
    switch (status) {
    case ARES_ENODATA: return DNS_NODATA;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME: return DNS_NXDOMAIN;
    case ARES_ETIMEOUT: return DNS_SILENT;
    case ARES_ESERVFAIL: return DNS_SERVFAIL;
    case ARES_EREFUSED: return DNS_REFUSED;
    case ARES_ECONNREFUSED:
        return channel->rcode == RCODE_SERVFAIL  ? DNS_SERVFAIL
               : channel->rcode == RCODE_REFUSED ? DNS_REFUSED
                                                 : DNS_FAILED;
    default: return DNS_FAILED;
    }
}

static void on_answer(void *context, int status, int timeouts, unsigned char *bytes, int length) {
    struct channel_question *question = context;
    struct channel *channel = question->channel;
    (void)timeouts;
    channel->asked--;
    question->channel = NULL;
    if (bytes && length > 0)
        question->answered(question, (struct slice){(const char *)bytes, (size_t)length}, DNS_FOUND);
    else
        question->answered(question, SLICE_EMPTY, status_of(channel, status));
}

void channel_ask(struct channel *channel, struct channel_question *question, const char *name, enum dns_type type) {
    question->channel = channel;
    channel->asked++;
    channel->rcode = 0;
    if (strchr(name, '.'))
        ares_query(channel->ares, name, CLASS_INTERNET, types[type], on_answer, question);
    else
        ares_search(channel->ares, name, CLASS_INTERNET, types[type], on_answer, question);
}

bool channel_busy(const struct channel *channel) {
    return channel->asked != 0;
}

static void process(struct channel *channel, int readable, int writable) {
    channel->rcode = 0;
    ares_process_fd(channel->ares, readable, writable);
}

void channel_tick(struct channel *channel) {
    process(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

uint64_t channel_due(const struct channel *channel) {
    struct timeval left;
    if (!ares_timeout(channel->ares, NULL, &left))
        return UINT64_MAX;
    return loop_now() + (uint64_t)left.tv_sec * 1000 + ((uint64_t)left.tv_usec + 999) / 1000;
}

/* Sockets, as c-ares would have them; but that the end of a datagram's header is looked at (RFC 1035 4.1.1). */

static ares_socket_t make_socket(int family, int type, int protocol, void *context) {
    (void)context;
    return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

static int close_socket(ares_socket_t fd, void *context) {
    (void)context;
    return close(fd);
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *to, ares_socklen_t size, void *context) {
    (void)context;
    return connect(fd, to, size);
}

/* Of a stream c-ares does not ask who it is from. */
static ares_ssize_t receive(ares_socket_t fd, void *bytes, size_t size, int flags, struct sockaddr *from,
                            ares_socklen_t *from_size, void *context) {
    struct channel *channel = context;
    ares_ssize_t length = recvfrom(fd, bytes, size, flags, from, from_size);
    channel->rcode = from && length > 3 ? ((const uint8_t *)bytes)[3] & 0xf : 0;
    return length;
}

static ares_ssize_t send_vector(ares_socket_t fd, const struct iovec *parts, int count, void *context) {
    (void)context;
    return writev(fd, parts, count);
}

static const struct ares_socket_functions socket_functions = {make_socket, close_socket, connect_socket, receive,
                                                              send_vector};

static void on_readable(void *context) {
    struct watched *watched = context;
    struct channel *channel = watched->channel; /* c-ares may close the socket, and `watched` goes */
    process(channel, watched->fd, ARES_SOCKET_BAD);
    channel->woken(channel->context);
}

static void on_writable(void *context) {
    struct watched *watched = context;
    struct channel *channel = watched->channel;
    process(channel, ARES_SOCKET_BAD, watched->fd);
    channel->woken(channel->context);
}

static void unwatch(struct watched **link) {
    struct watched *watched = *link;
    *link = watched->next;
    loop_forget(watched->read);
    loop_forget(watched->write);
    free(watched);
}

/* Without memory a socket is not watched: what was asked through it stays unanswered. */
static struct watched *watch(struct channel *channel, int fd) {
    struct watched *watched = calloc(1, sizeof *watched);
    if (!watched)
        return NULL;
    watched->channel = channel;
    watched->fd = fd;
    watched->read = loop_read(channel->loop, fd, on_readable, watched);
    watched->write = loop_write(channel->loop, fd, on_writable, watched);
    watched->next = channel->sockets;
    channel->sockets = watched;
    if (watched->read && watched->write)
        return watched;
    unwatch(&channel->sockets);
    return NULL;
}

static void on_socket(void *context, ares_socket_t fd, int readable, int writable) {
    struct channel *channel = context;
    struct watched **link = &channel->sockets;
    while (*link && (*link)->fd != fd)
        link = &(*link)->next;
    if (!readable && !writable) {
        if (*link)
            unwatch(link);
        return;
    }
    struct watched *watched = *link ? *link : watch(channel, fd);
    if (watched)
        (writable ? loop_wake : loop_sleep)(watched->write);
}

/* What it knows. */

unsigned channel_hosts(const struct channel *channel, const char *name, uint8_t family, struct ip_address *list,
                       unsigned most) {
    struct hostent *host;
    int wanted = family == 4 ? AF_INET : AF_INET6;
    unsigned count = 0;
    if (ares_gethostbyname_file(channel->ares, name, wanted, &host) != ARES_SUCCESS)
        return 0;
    for (char **at = host->h_addr_list; host->h_addrtype == wanted && *at && count < most; at++) {
        list[count] = (struct ip_address){.family = family};
        memcpy(list[count++].bytes, *at, family == 4 ? 4 : 16);
    }
    ares_free_hostent(host);
    return count;
}

unsigned channel_list(const struct channel *channel, struct endpoint *list, unsigned most) {
    struct ares_addr_port_node *nodes = NULL;
    unsigned count = 0;
    if (ares_get_servers_ports(channel->ares, &nodes) != ARES_SUCCESS)
        return 0;
    for (const struct ares_addr_port_node *node = nodes; node && count < most; node = node->next) {
        bool six = node->family == AF_INET6;
        list[count] = (struct endpoint){.ip.family = six ? 6 : 4, .transport = TRANSPORT_UDP};
        list[count].port = node->udp_port ? (uint16_t)node->udp_port : channel->port;
        memcpy(list[count++].ip.bytes, &node->addr, six ? 16 : 4);
    }
    ares_free_data(nodes);
    return count;
}

/* Opening and closing. */

static int set_servers(struct channel *channel, const struct endpoint *servers, unsigned count) {
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
    int result = ares_set_servers_ports(channel->ares, nodes);
    free(nodes);
    return result == ARES_SUCCESS ? 0 : -ENOMEM;
}

static int open_ares(struct channel *channel, const char *file) {
    char *path = strdup(file); /* c-ares takes a copy, and its declaration does not say so */
    if (!path)
        return -ENOMEM;
    struct ares_options options = {
        .flags = ARES_FLAG_EDNS,
        .timeout = TIMEOUT,
        .tries = TRIES,
        .ednspsz = UDP_SIZE,
        .udp_port = channel->port,
        .tcp_port = channel->port,
        .resolvconf_path = path,
        .sock_state_cb = on_socket,
        .sock_state_cb_data = channel,
    };
    int result = ares_library_init(ARES_LIB_INIT_ALL);
    if (result == ARES_SUCCESS) {
        result =
            ares_init_options(&channel->ares, &options,
                              ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
                                  ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT | ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB);
        if (result != ARES_SUCCESS)
            ares_library_cleanup();
    }
    free(path);
    return result == ARES_SUCCESS ? 0 : result == ARES_ENOMEM ? -ENOMEM : -EIO;
}

int channel_open(struct channel **out, struct loop *loop, const struct channel_servers *servers, loop_event *woken,
                 void *context) {
    struct channel *channel = calloc(1, sizeof *channel);
    *out = NULL;
    if (!channel)
        return -ENOMEM;
    channel->loop = loop;
    channel->woken = woken;
    channel->context = context;
    channel->port = servers->port ? servers->port : DNS_PORT;
    int result = open_ares(channel, servers->file);
    if (result) {
        free(channel);
        return result;
    }
    ares_set_socket_functions(channel->ares, &socket_functions, channel);
    result = set_servers(channel, servers->list, servers->count);
    if (result)
        channel_close(channel);
    else
        *out = channel;
    return result;
}

void channel_close(struct channel *channel) {
    if (!channel)
        return;
    ares_destroy(channel->ares); /* calls back for what it still has */
    ares_library_cleanup();
    while (channel->sockets)
        unwatch(&channel->sockets);
    free(channel);
}
