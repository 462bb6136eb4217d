/* SPDX-License-Identifier: MIT */
#include "runtime/net/addresses.h"

#include "runtime/net/sockaddr.h"

#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>

int addresses_get(struct ip_address **addresses, unsigned *count) {
    struct ifaddrs *list;
    unsigned room = 0;
    *addresses = NULL;
    *count = 0;
    if (getifaddrs(&list) < 0)
        return -errno;
    for (struct ifaddrs *i = list; i; i = i->ifa_next)
        room++;
    *addresses = calloc(room ? room : 1, sizeof **addresses);
    for (struct ifaddrs *i = list; i && *addresses; i = i->ifa_next) {
        struct endpoint endpoint;
        if (i->ifa_addr && sockaddr_endpoint(&endpoint, i->ifa_addr))
            (*addresses)[(*count)++] = endpoint.ip;
    }
    freeifaddrs(list);
    return *addresses ? 0 : -ENOMEM;
}
