/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/keepalive.h"

#include "runtime/proxy/branch.h"
#include "runtime/proxy/forward.h"
#include "runtime/proxy/guard.h"
#include "runtime/sip/stun.h"

#include <string.h>

/* The second half of the branch vouches for the first, so that an answer is known without anything being kept. */
static void make_branch(const struct proxy *proxy, uint64_t token, char branch[BRANCH_LENGTH]) {
    struct {
        uint64_t token;
        char purpose[16];
    } of = {token, "keep-alive"};
    branch_text(token, hash_keyed(&proxy->seed.tables, &of, sizeof of), branch);
}

/* RFC 3261 8.1.1, 11.1. The null slice: out of memory. */
static struct slice options_request(struct proxy *proxy, struct slice contact, const struct world_route *route) {
    uint64_t token = proxy_number(proxy);
    char branch[BRANCH_LENGTH], id[HEX_LENGTH];
    struct slice uri = forward_clean_uri(&proxy->scratch, contact);
    make_branch(proxy, token, branch);
    hex_text(proxy_number(proxy), id);
    const char *text = uri.at ? arena_printf(&proxy->scratch,
                                             "OPTIONS %.*s SIP/2.0\r\n"
                                             "Via: SIP/2.0/UDP %s:%u;branch=%.*s;rport\r\n"
                                             "Max-Forwards: 70\r\n"
                                             "From: <sip:%s:%u>;tag=%.*s\r\n"
                                             "To: <%.*s>\r\n"
                                             "Call-ID: %.*s\r\n"
                                             "CSeq: 1 OPTIONS\r\n"
                                             "Content-Length: 0\r\n\r\n",
                                             SLICE_ARG(uri), route->host, route->port, BRANCH_LENGTH, branch,
                                             route->host, route->port, HEX_LENGTH, id, SLICE_ARG(uri), HEX_LENGTH, id)
                              : NULL;
    return slice_of(text);
}

void keepalive_send(struct proxy *proxy, const struct binding *binding) {
    const struct world *world = proxy->world;
    struct world_route route;
    struct slice bytes = SLICE("\r\n\r\n");
    if (binding->received.transport != TRANSPORT_UDP)
        return; /* who opened a connection keeps it open (RFC 5626 4.4.1) */
    if (world->route(world->context, &binding->received, &binding->local, &route))
        return; /* nothing else could pass the NAT */
    if (proxy->settings->keepalive_options)
        bytes = options_request(proxy, binding->contact, &route);
    if (bytes.at)
        world->send(world->context, &(const struct sip_flow){.local = route.local, .remote = binding->received}, bytes);
    else
        proxy_count(proxy, COUNTER_NO_MEMORY);
}

bool keepalive_answered(const struct proxy *proxy, const struct sip_message *response) {
    struct slice branch = response->via.branch;
    uint64_t token = 0;
    char expected[BRANCH_LENGTH];
    if (response->method != METHOD_OPTIONS || branch.len != BRANCH_LENGTH)
        return false;
    for (unsigned i = 0; i < HEX_LENGTH; i++)
        token = token << 4 | ((unsigned)byte_hex_value((unsigned char)branch.at[MAGIC_LENGTH + i]) & 15);
    make_branch(proxy, token, expected);
    return slice_same(branch, (struct slice){expected, BRANCH_LENGTH});
}

bool keepalive_asked(struct proxy *proxy, const struct packet *packet) {
    const struct sip_flow flow = packet_flow(packet);
    char bytes[STUN_ANSWER_MAX];
    struct slice answer = packet->connection ? SLICE_NULL : stun_answer(packet->bytes, &packet->source, bytes);
    if (!answer.at)
        return false;
    bool blocked = guard_refuses(proxy, &packet->source.ip);
    proxy_count(proxy, blocked ? COUNTER_BLOCKED : COUNTER_STUN_REQUESTS);
    if (!blocked)
        proxy->world->send(proxy->world->context, &flow, answer);
    return true;
}
