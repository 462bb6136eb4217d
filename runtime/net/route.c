/* SPDX-License-Identifier: MIT */
#include "runtime/net/route.h"

#include "grammar/causes.h"
#include "runtime/net/sockaddr.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REMEMBER = 5000 }; /* ms */

void routes_open(struct routes *routes) {
    memset(routes, 0, sizeof *routes);
    routes->probe[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    routes->probe[1] = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

void routes_close(struct routes *routes) {
    for (unsigned i = 0; i < 2; i++)
        if (routes->probe[i] >= 0)
            close(routes->probe[i]);
}

void routes_forget(struct routes *routes) {
    memset(routes->cache, 0, sizeof routes->cache);
}

/* Sockets are opened once, so that a machine without free descriptors still finds its way.
 * Connecting to nobody first makes the kernel forget the source it chose before. */
static bool ask_kernel(int probe, const struct endpoint *remote, struct ip_address *local) {
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    struct sockaddr_storage name;
    struct endpoint found, peer = *remote;
    if (probe < 0)
        return false;
    if (peer.port == 0)
        peer.port = 5060; /* the kernel wants one, any */
    connect(probe, &nobody, sizeof nobody);
    socklen_t length = sockaddr_from(&name, &peer);
    if (connect(probe, (struct sockaddr *)&name, length) < 0)
        return false;
    length = sizeof name;
    if (getsockname(probe, (struct sockaddr *)&name, &length) < 0 ||
        !sockaddr_endpoint(&found, (struct sockaddr *)&name))
        return false;
    *local = found.ip;
    return true;
}

static struct route_entry *entry_of(struct routes *routes, const struct endpoint *remote) {
    unsigned hash = remote->scope;
    for (unsigned i = 0; i < (remote->ip.family == 6 ? 16u : 4u); i++)
        hash = hash * 31 + remote->ip.bytes[i];
    return &routes->cache[hash % ROUTE_CACHE];
}

enum cause routes_source(struct routes *routes, const struct endpoint *remote, uint64_t now, struct ip_address *local) {
    struct route_entry *entry = entry_of(routes, remote);
    if (now < entry->until && entry->scope == remote->scope && ip_equal(&entry->remote, &remote->ip)) {
        *local = entry->local;
        return CAUSE_NONE;
    }
    if (!ask_kernel(routes->probe[remote->ip.family == 6], remote, local))
        return CAUSE_UNREACHABLE;
    *entry =
        (struct route_entry){.remote = remote->ip, .local = *local, .scope = remote->scope, .until = now + REMEMBER};
    return CAUSE_NONE;
}

/* How well a listener serves: 0 not at all. */
static unsigned rank(const struct endpoint *listener, const struct endpoint *remote, const struct ip_address *local) {
    if (listener->transport != remote->transport || listener->ip.family != remote->ip.family)
        return 0;
    if (ip_equal(&listener->ip, local))
        return 4;
    if (ip_is_unspecified(&listener->ip))
        return 3;
    return ip_is_loopback(&listener->ip) == ip_is_loopback(&remote->ip) ? 2 : 1;
}

unsigned routes_listener(const struct endpoint *listeners, unsigned count, const struct endpoint *remote,
                         const struct ip_address *local) {
    unsigned best = count, best_rank = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned r = rank(&listeners[i], remote, local);
        if (r > best_rank) {
            best = i;
            best_rank = r;
        }
    }
    return best;
}

unsigned routes_wanted(const struct endpoint *listeners, unsigned count, const struct endpoint *remote,
                       const struct endpoint *wanted) {
    unsigned best = count, best_rank = 2;
    if (wanted->ip.family != remote->ip.family)
        return count;
    for (unsigned i = 0; i < count; i++) {
        unsigned r =
            wanted->port == 0 || wanted->port == listeners[i].port ? rank(&listeners[i], remote, &wanted->ip) : 0;
        if (r > best_rank) {
            best = i;
            best_rank = r;
        }
    }
    return best;
}
