/* SPDX-License-Identifier: MIT */
#include "runtime/net/sockaddr.h"

#include <netinet/in.h>
#include <string.h>

socklen_t sockaddr_from(struct sockaddr_storage *address, const struct endpoint *endpoint) {
    memset(address, 0, sizeof *address);
    if (endpoint->ip.family == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)address;
        v4->sin_family = AF_INET;
        v4->sin_port = htons(endpoint->port);
        memcpy(&v4->sin_addr, endpoint->ip.bytes, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint->port);
    v6->sin6_scope_id = endpoint->scope;
    memcpy(&v6->sin6_addr, endpoint->ip.bytes, 16);
    return sizeof *v6;
}

bool sockaddr_endpoint(struct endpoint *endpoint, const struct sockaddr *address) {
    memset(endpoint, 0, sizeof *endpoint);
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        endpoint->ip.family = 4;
        memcpy(endpoint->ip.bytes, &v4.sin_addr, 4);
        endpoint->port = ntohs(v4.sin_port);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        endpoint->ip.family = 6;
        memcpy(endpoint->ip.bytes, &v6.sin6_addr, 16);
        endpoint->port = ntohs(v6.sin6_port);
        endpoint->scope = IN6_IS_ADDR_LINKLOCAL(&v6.sin6_addr) ? v6.sin6_scope_id : 0;
        return true;
    }
    return false;
}
