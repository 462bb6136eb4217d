/* SPDX-License-Identifier: MIT */
#include "runtime/net/udp.h"

#include "runtime/net/sockaddr.h"
#include "runtime/net/udp_error.h"
#include "runtime/net/udp_queue.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    BUFFER = 8 << 20, /* of the socket, each way: a burst of some thousand messages */
    CONTROL = 128,    /* for one packet information message */
    TRIES = 8,        /* a send may report what other datagrams met, once for each */
};

struct inbox {
    struct mmsghdr headers[UDP_BATCH];
    struct iovec parts[UDP_BATCH];
    struct sockaddr_storage sources[UDP_BATCH];
    _Alignas(struct cmsghdr) char control[UDP_BATCH][CONTROL];
    char bytes[UDP_BATCH][UDP_DATAGRAM_MAX];
};

struct udp_listener {
    int fd;
    struct endpoint bound;
    struct udp_events events;
    struct udp_queue queues[2];
    struct udp_queue *leaving, *filling;
    struct inbox *inbox;
    struct udp_losses losses;
    uint32_t overflow; /* the kernel's own count of what found no room, which wraps */
};

static void set_buffer(int fd, int forced, int plain) {
    int size = BUFFER;
    /* Beyond the system's limit: root alone. */
    if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, plain, &size, sizeof size);
}

static int set_options(int fd, bool v6) {
    const int on = 1, fragment = IP_PMTUDISC_DONT;
    bool failed;
    if (v6)
        failed = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) ||
                 setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) ||
                 setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    else
        failed = setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) ||
                 setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on) ||
                 setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &fragment, sizeof fragment);
    failed = failed || setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
    set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
    return failed ? -EOPNOTSUPP : 0;
}

static int bind_socket(int fd, const struct endpoint *address, struct endpoint *bound) {
    struct sockaddr_storage name;
    socklen_t length = sockaddr_from(&name, address);
    int result = set_options(fd, address->ip.family == 6);
    if (result)
        return result;
    if (bind(fd, (struct sockaddr *)&name, length) < 0)
        return -errno;
    length = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        return -errno;
    sockaddr_endpoint(bound, (struct sockaddr *)&name);
    bound->transport = TRANSPORT_UDP;
    return 0;
}

int udp_open(struct udp_listener **out, const struct endpoint *address, const struct udp_events *events) {
    int family = address->ip.family == 6 ? AF_INET6 : AF_INET, result = -ENOMEM;
    struct udp_listener *listener = calloc(1, sizeof *listener);
    if (!listener)
        return -ENOMEM;
    listener->events = *events;
    listener->leaving = &listener->queues[0];
    listener->filling = &listener->queues[1];
    listener->fd = -1;
    listener->inbox = malloc(sizeof *listener->inbox);
    if (!listener->inbox)
        goto out;
    listener->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    result = listener->fd < 0 ? -errno : bind_socket(listener->fd, address, &listener->bound);
out:
    if (result) {
        udp_close(listener);
        return result;
    }
    *out = listener;
    return 0;
}

void udp_close(struct udp_listener *listener) {
    if (!listener)
        return;
    if (listener->fd >= 0)
        close(listener->fd);
    udp_queue_free(&listener->queues[0]);
    udp_queue_free(&listener->queues[1]);
    free(listener->inbox);
    free(listener);
}

int udp_fd(const struct udp_listener *listener) {
    return listener->fd;
}

const struct endpoint *udp_bound(const struct udp_listener *listener) {
    return &listener->bound;
}

struct udp_losses udp_losses(const struct udp_listener *listener) {
    return listener->losses;
}

int udp_receive_buffer(const struct udp_listener *listener) {
    int size = 0;
    socklen_t length = sizeof size;
    getsockopt(listener->fd, SOL_SOCKET, SO_RCVBUF, &size, &length);
    return size;
}

/* In. */

static void prepare_inbox(struct inbox *inbox) {
    for (unsigned i = 0; i < UDP_BATCH; i++) {
        inbox->parts[i] = (struct iovec){.iov_base = inbox->bytes[i], .iov_len = UDP_DATAGRAM_MAX};
        inbox->headers[i].msg_hdr = (struct msghdr){
            .msg_name = &inbox->sources[i],
            .msg_namelen = sizeof inbox->sources[i],
            .msg_iov = &inbox->parts[i],
            .msg_iovlen = 1,
            .msg_control = inbox->control[i],
            .msg_controllen = CONTROL,
        };
    }
}

/* The address the datagram was sent to. False: it was sent to a group or to everybody, and is
 * nothing to answer. */
static bool local_of(struct msghdr *header, const struct endpoint *bound, struct endpoint *local) {
    *local = *bound;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            memcpy(local->ip.bytes, &info.ipi_spec_dst, 4);
            return info.ipi_addr.s_addr == info.ipi_spec_dst.s_addr;
        }
        if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            memcpy(local->ip.bytes, &info.ipi6_addr, 16);
            local->scope = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
            return !IN6_IS_ADDR_MULTICAST(&info.ipi6_addr);
        }
    }
    return true;
}

/* The kernel says with a datagram how many before it found the buffer full. */
static void count_overflow(struct udp_listener *listener, struct msghdr *header) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
            uint32_t overflow;
            memcpy(&overflow, CMSG_DATA(c), sizeof overflow);
            listener->losses.received += (uint32_t)(overflow - listener->overflow);
            listener->overflow = overflow;
        }
}

static void hand_over(struct udp_listener *listener, struct mmsghdr *message, const char *bytes) {
    struct udp_datagram datagram = {.bytes = {bytes, message->msg_len}};
    count_overflow(listener, &message->msg_hdr);
    /* No UDP datagram is longer than the buffer: this would be a jumbogram (RFC 2675). */
    if (message->msg_hdr.msg_flags & MSG_TRUNC)
        return;
    if (!sockaddr_endpoint(&datagram.source, message->msg_hdr.msg_name) ||
        !local_of(&message->msg_hdr, &listener->bound, &datagram.local))
        return;
    datagram.source.transport = TRANSPORT_UDP;
    listener->events.received(listener->events.context, &datagram);
}

bool udp_receive(struct udp_listener *listener) {
    struct inbox *inbox = listener->inbox;
    struct udp_failure failure;
    char quoted[UDP_QUOTED_MAX];
    unsigned errors = 0;
    while (errors < UDP_BATCH && udp_error_next(listener->fd, &failure, quoted)) {
        errors++;
        if (failure.cause != CAUSE_NONE)
            listener->events.failed(listener->events.context, &failure);
    }
    prepare_inbox(inbox);
    int count = recvmmsg(listener->fd, inbox->headers, UDP_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++)
        hand_over(listener, &inbox->headers[i], inbox->bytes[i]);
    /* A pending error may be told instead of what waits behind it. */
    return errors == UDP_BATCH || count == UDP_BATCH || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

/* Out. */

bool udp_queue(struct udp_listener *listener, const struct endpoint *local, const struct endpoint *remote,
               struct slice bytes) {
    bool queued = udp_queue_add(listener->filling, local, remote, bytes);
    if (!queued)
        listener->losses.sent++;
    return queued;
}

struct outbox {
    struct mmsghdr headers[UDP_BATCH];
    struct iovec parts[UDP_BATCH];
    struct sockaddr_storage remotes[UDP_BATCH];
    _Alignas(struct cmsghdr) char control[UDP_BATCH][CONTROL];
};

/* The control message that makes the datagram leave from `local`. */
static size_t put_source(struct msghdr *header, const struct endpoint *local) {
    struct cmsghdr *c = CMSG_FIRSTHDR(header);
    memset(c, 0, CONTROL);
    if (local->ip.family == 4) {
        struct in_pktinfo info = {0};
        memcpy(&info.ipi_spec_dst, local->ip.bytes, 4);
        *c = (struct cmsghdr){.cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info)};
        memcpy(CMSG_DATA(c), &info, sizeof info);
        return CMSG_SPACE(sizeof info);
    }
    struct in6_pktinfo info = {.ipi6_ifindex = local->scope};
    memcpy(&info.ipi6_addr, local->ip.bytes, 16);
    *c = (struct cmsghdr){.cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info)};
    memcpy(CMSG_DATA(c), &info, sizeof info);
    return CMSG_SPACE(sizeof info);
}

static unsigned fill_outbox(struct outbox *outbox, const struct udp_queue *queue) {
    unsigned count = 0;
    for (size_t n = queue->next; n < queue->count && count < UDP_BATCH; n++, count++) {
        const struct udp_waiting *waiting = &queue->waiting[n];
        struct msghdr *header = &outbox->headers[count].msg_hdr;
        outbox->parts[count] = (struct iovec){.iov_base = queue->bytes + waiting->offset, .iov_len = waiting->length};
        *header = (struct msghdr){
            .msg_name = &outbox->remotes[count],
            .msg_namelen = sockaddr_from(&outbox->remotes[count], &waiting->remote),
            .msg_iov = &outbox->parts[count],
            .msg_iovlen = 1,
            .msg_control = outbox->control[count],
            .msg_controllen = CONTROL,
        };
        header->msg_controllen = put_source(header, &waiting->local);
    }
    return count;
}

/* A send may report what another datagram met (it stands in the error queue and comes from there):
 * the same one is tried again. What it keeps meeting is its own. An interface or a kernel without
 * room says nothing about the target: the datagram is lost like one on the way, and SIP repeats it;
 * to move on to another target would only add to the crowd. */
static void meet_error(struct udp_listener *listener, int error) {
    struct udp_queue *queue = listener->leaving;
    struct udp_waiting *waiting = &queue->waiting[queue->next];
    if (error == ENOBUFS || error == ENOMEM) {
        listener->losses.sent++;
        queue->next++;
        return;
    }
    if (error == EINTR || ++waiting->tries < TRIES)
        return;
    struct udp_failure failure = {
        .remote = waiting->remote, .quoted = udp_queue_bytes(queue, waiting), .cause = udp_error_cause(error)};
    queue->next++;
    listener->events.failed(listener->events.context, &failure);
}

bool udp_pending(const struct udp_listener *listener) {
    return listener->leaving->next < listener->leaving->count || listener->filling->count > 0;
}

enum udp_flushed udp_flush(struct udp_listener *listener) {
    struct outbox outbox;
    for (;;) {
        struct udp_queue *queue = listener->leaving;
        if (queue->next == queue->count) {
            udp_queue_reset(queue);
            if (listener->filling->count == 0)
                return UDP_EMPTY;
            listener->leaving = listener->filling;
            listener->filling = queue;
            continue;
        }
        unsigned count = fill_outbox(&outbox, queue);
        int sent = sendmmsg(listener->fd, outbox.headers, count, MSG_DONTWAIT);
        if (sent > 0)
            queue->next += (size_t)sent;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return UDP_BLOCKED;
        else
            meet_error(listener, errno);
    }
}
