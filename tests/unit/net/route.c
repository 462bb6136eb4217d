/* SPDX-License-Identifier: MIT */
#include "runtime/net/route.h"

#include "grammar/causes.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static struct endpoint at(const char *ip, uint16_t port) {
    struct endpoint endpoint = {.port = port, .transport = TRANSPORT_UDP};
    cr_assert(ip_parse(&endpoint.ip, slice_of(ip)));
    return endpoint;
}

/* A container may have no IPv6, or none but the sockets. */
static bool has_v6(void) {
    const struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    bool has = fd >= 0 && bind(fd, (const struct sockaddr *)&loopback, sizeof loopback) == 0;
    if (fd >= 0)
        close(fd);
    return has;
}

Test(route, asks_the_kernel_for_the_source_address) {
    static struct routes routes;
    struct ip_address local;
    char text[IP_TEXT];
    routes_open(&routes);
    for (unsigned round = 0; round < 2; round++) {
        struct endpoint v4 = at("127.0.0.77", 5060), v6 = at("::1", 0);
        cr_expect_eq(routes_source(&routes, &v4, 1000 * round, &local), CAUSE_NONE);
        cr_expect_str_eq(ip_format(&local, text), "127.0.0.1");
        if (!has_v6())
            continue;
        cr_expect_eq(routes_source(&routes, &v6, 1000 * round, &local), CAUSE_NONE);
        cr_expect_str_eq(ip_format(&local, text), "::1");
    }
    struct endpoint nowhere = at("255.255.255.255", 5060); /* a broadcast is no peer: connect(2) refuses */
    cr_expect_eq(routes_source(&routes, &nowhere, 0, &local), CAUSE_UNREACHABLE);
    routes_close(&routes);
}

Test(route, prefers_the_listener_bound_to_the_address_then_a_wildcard) {
    struct endpoint listeners[] = {at("::", 5060), at("10.0.0.1", 5060), at("0.0.0.0", 5062), at("127.0.0.1", 5064)};
    struct endpoint peer = at("192.0.2.1", 5060), near = at("127.0.0.9", 5060), v6 = at("2001:db8::1", 5060);
    struct ip_address local = at("10.0.0.1", 0).ip, other = at("10.0.0.2", 0).ip, loop = at("127.0.0.1", 0).ip;
    cr_expect_eq(routes_listener(listeners, 4, &peer, &local), 1);
    cr_expect_eq(routes_listener(listeners, 4, &peer, &other), 2);
    cr_expect_eq(routes_listener(listeners, 4, &near, &loop), 3);
    cr_expect_eq(routes_listener(listeners, 4, &v6, &local), 0);
    listeners[2] = at("127.0.0.1", 5066); /* no wildcard: another address of the same reach */
    cr_expect_eq(routes_listener(listeners, 4, &peer, &other), 1);
    cr_expect_eq(routes_listener(listeners, 4, &near, &other), 2);
    cr_expect_eq(routes_listener(listeners, 1, &peer, &local), 1, "none of this family");
    peer.transport = TRANSPORT_TCP;
    cr_expect_eq(routes_listener(listeners, 4, &peer, &local), 4, "none of this transport");
}
