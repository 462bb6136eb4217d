/* SPDX-License-Identifier: MIT */
#include "runtime/net/tcp.h"

#include "runtime/net/sockaddr.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UNACKNOWLEDGED = 32 * 1000 /* ms that bytes may stay unacknowledged by the peer's system: 64*T1 */ };

static int open_socket(const struct endpoint *address) {
    int family = address->ip.family == 6 ? AF_INET6 : AF_INET;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : fd;
}

static int bind_listener(int fd, const struct endpoint *address, struct endpoint *bound) {
    const int on = 1;
    struct sockaddr_storage name;
    socklen_t length = sockaddr_from(&name, address);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ip.family == 6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&name, length) < 0 || listen(fd, SOMAXCONN) < 0)
        return -errno;
    length = sizeof name;
    if (getsockname(fd, (struct sockaddr *)&name, &length) < 0)
        return -errno;
    sockaddr_endpoint(bound, (struct sockaddr *)&name);
    bound->transport = address->transport;
    return 0;
}

static int start_connecting(int fd, const struct sip_flow *flow) {
    const int on = 1;
    struct sockaddr_storage name;
    struct endpoint local = flow->local;
    local.port = 0;
    local.scope = flow->remote.scope;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    socklen_t length = sockaddr_from(&name, &local);
    if (bind(fd, (struct sockaddr *)&name, length) < 0)
        return -errno;
    length = sockaddr_from(&name, &flow->remote);
    return connect(fd, (struct sockaddr *)&name, length) < 0 && errno != EINPROGRESS ? -errno : 0;
}

/* The descriptor, or what went wrong with it. */
static int keep_or_close(int fd, int result) {
    if (result)
        close(fd);
    return result ? result : fd;
}

int tcp_listen(const struct endpoint *address, struct endpoint *bound) {
    int fd = open_socket(address);
    return fd < 0 ? fd : keep_or_close(fd, bind_listener(fd, address, bound));
}

int tcp_connect(const struct sip_flow *flow) {
    int fd = open_socket(&flow->remote);
    return fd < 0 ? fd : keep_or_close(fd, start_connecting(fd, flow));
}

void tcp_prepare(int fd) {
    const int on = 1, patient = UNACKNOWLEDGED;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patient, sizeof patient);
}

void tcp_turn_away(int fd) {
    const struct linger now = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

enum cause tcp_cause(int error) {
    switch (error) {
    case ECONNREFUSED: return CAUSE_REFUSED;
    case ETIMEDOUT: return CAUSE_CONNECT_TIMEOUT;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
    case EADDRINUSE: return CAUSE_LOCAL_LIMIT;
    case ECONNRESET: return CAUSE_RESET;
    default: return CAUSE_UNREACHABLE;
    }
}

bool tcp_is_later(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}
