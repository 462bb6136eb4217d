/* SPDX-License-Identifier: MIT */
#include "runtime/net/addresses.h"

#include "runtime/net/sockaddr.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int open_news(void) {
    const struct sockaddr_nl name = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&name, sizeof name) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int read_list(struct addresses *addresses) {
    struct ifaddrs *interfaces;
    unsigned room = 1, count = 0;
    if (getifaddrs(&interfaces) < 0)
        return -errno;
    for (struct ifaddrs *i = interfaces; i; i = i->ifa_next)
        room++;
    struct ip_address *list = calloc(room, sizeof *list);
    for (struct ifaddrs *i = interfaces; i && list; i = i->ifa_next) {
        struct endpoint endpoint;
        if (i->ifa_addr && sockaddr_endpoint(&endpoint, i->ifa_addr))
            list[count++] = endpoint.ip;
    }
    freeifaddrs(interfaces);
    if (!list)
        return -ENOMEM;
    free(addresses->list);
    addresses->list = list;
    addresses->count = count;
    return 0;
}

int addresses_open(struct addresses *addresses) {
    *addresses = (struct addresses){.news = open_news()};
    return read_list(addresses);
}

void addresses_close(struct addresses *addresses) {
    if (addresses->news >= 0)
        close(addresses->news);
    free(addresses->list);
}

/* What the messages say is read from the kernel as a whole; that messages were lost (ENOBUFS) does
 * no harm. */
int addresses_refresh(struct addresses *addresses) {
    char message[8192];
    while (recv(addresses->news, message, sizeof message, 0) > 0 || errno == ENOBUFS)
        continue;
    return read_list(addresses);
}
