/* SPDX-License-Identifier: MIT */
#include "runtime/net/udp_error.h"

#include "runtime/net/sockaddr.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>

/* A datagram longer than UDP carries is nothing that the target did; everything else that a send
 * meets lies between us and it. */
enum cause udp_error_cause(int error) {
    return error == EMSGSIZE ? CAUSE_LOCAL_LIMIT : CAUSE_UNREACHABLE;
}

enum cause udp_error_icmp_cause(unsigned family, unsigned type, unsigned code) {
    bool fails;
    if (family == 4)
        fails = (type == ICMP_DEST_UNREACH && code != ICMP_FRAG_NEEDED) || type == ICMP_PARAMETERPROB;
    else
        fails = type == ICMPV6_DEST_UNREACH || type == ICMPV6_PARAMPROB;
    return fails ? CAUSE_UNREACHABLE : CAUSE_NONE;
}

/* A local error is also what a send answered: it is dealt with there. EMSGSIZE is news about the
 * path, for the kernel. */
static enum cause cause_of(const struct sock_extended_err *error) {
    switch (error->ee_origin) {
    case SO_EE_ORIGIN_ICMP: return udp_error_icmp_cause(4, error->ee_type, error->ee_code);
    case SO_EE_ORIGIN_ICMP6: return udp_error_icmp_cause(6, error->ee_type, error->ee_code);
    default: return CAUSE_NONE;
    }
}

bool udp_error_next(int fd, struct udp_failure *failure, char quoted[UDP_QUOTED_MAX]) {
    struct sockaddr_storage remote = {0};
    _Alignas(struct cmsghdr) char control[512];
    struct iovec part = {.iov_base = quoted, .iov_len = UDP_QUOTED_MAX};
    struct msghdr header = {
        .msg_name = &remote,
        .msg_namelen = sizeof remote,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t length = recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (length < 0)
        return false;
    *failure = (struct udp_failure){.quoted = {quoted, (size_t)length}};
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
        struct sock_extended_err error;
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
            memcpy(&error, CMSG_DATA(c), sizeof error);
            failure->cause = cause_of(&error);
        }
    }
    if (!sockaddr_endpoint(&failure->remote, (struct sockaddr *)&remote))
        failure->cause = CAUSE_NONE;
    failure->remote.transport = TRANSPORT_UDP;
    return true;
}
