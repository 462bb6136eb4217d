/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/way.h"

#include "runtime/proxy/event.h"
#include "runtime/proxy/nat.h"
#include "runtime/proxy/ours.h"
#include "runtime/proxy/target.h"
#include "runtime/sip/words_message.h"
#include "runtime/state/location.h"

static bool is_clear(const struct endpoint *remote) {
    return !transports[remote->transport].secure;
}

struct slice way_name(const struct proxy *proxy, const struct target *target, const struct endpoint *remote,
                      const struct sip_message *request) {
    struct sip_uri hop;
    struct ip_address ip;
    bool web = endpoint_is_web(remote), reached = web && target->way && target->way->flow.loss == FLOW_BOUND;
    if (reached || (is_clear(remote) && !web) || !message_host(target->hop, &hop))
        return SLICE_NULL;
    bool flow = target->way && endpoint_equal(&target->way->flow.remote, remote); /* the hop says nothing of that */
    if (!hop.ip.family && !flow)
        return hop.host;
    struct slice identity = route_identity(request, &proxy->seed.dialogs);
    size_t name = slice_find(identity, 0, '~');
    bool proved = ip_parse(&ip, slice_from(identity, name + 1)) && ip_equal(&ip, flow ? &remote->ip : &hop.ip);
    return proved ? slice_cut(identity, 0, name) : hop.host;
}

uint64_t way_connection(const struct proxy *proxy, const struct target *target, const struct endpoint *remote) {
    const struct world *world = proxy->world;
    const struct way *way = target->way;
    if (!way || remote->transport == TRANSPORT_UDP || !endpoint_equal(&way->flow.remote, remote))
        return 0;
    if (!way->connection)
        return world->connection(world->context, remote);
    return location_flows(proxy->locations, way->connection) ? way->connection : 0;
}

/* Is it to be sent over its flow? Else its contact's own words are all there is. */
static bool takes_flow(const struct proxy *proxy, const struct target *target) {
    const struct way *way = target->way;
    if (!way || !flow_is(&way->flow))
        return false;
    const struct endpoint *remote = &way->flow.remote;
    return remote->transport == TRANSPORT_UDP || way->flow.loss == FLOW_REOPENED ||
           way_connection(proxy, target, remote);
}

static enum cause find_remote(const struct proxy *proxy, const struct target *target, struct slice uri, bool initial,
                              struct endpoint *remote, struct locate_request *name) {
    const struct way *way = target->way;
    struct sip_uri hop;
    *name = (struct locate_request){.host = SLICE_NULL};
    if (target->missing)
        return target->missing;
    if (!message_host(target->hop, &hop))
        return CAUSE_REQUEST_UNBUILDABLE;
    if (way && way->flow.loss == FLOW_BOUND && !way_connection(proxy, target, &way->flow.remote))
        return CAUSE_FLOW_FAILED;
    if (takes_flow(proxy, target)) {
        *remote = way->flow.remote;
        return slice_starts_same(uri, SLICE("sips:")) && is_clear(remote) ? CAUSE_TRANSPORT_UNSUPPORTED : CAUSE_NONE;
    }
    if (!target->by_route && initial && ours_uri(proxy->settings, &hop))
        return CAUSE_NOT_FOUND;
    return target_place(&hop, target->transport, uri, remote, name);
}

/* What holds for an address holds for those of a name. */
static enum cause judge(const struct proxy *proxy, const struct target *target, const struct endpoint *remote) {
    if (ours_endpoint(proxy->settings, &remote->ip, remote->port))
        return CAUSE_NOT_FOUND; /* by maddr, Route or Path: nothing is ever sent to ourselves */
    if (target->way && target->way->secure && is_clear(remote))
        return CAUSE_TRANSPORT_UNSUPPORTED;
    return CAUSE_NONE;
}

enum cause way_remote(const struct proxy *proxy, const struct target *target, struct slice uri, bool initial,
                      struct endpoint *remote, struct locate_request *name) {
    enum cause cause = find_remote(proxy, target, uri, initial, remote, name);
    if (cause)
        return cause;
    if (!name->host.at)
        return judge(proxy, target, remote);
    name->secure |= target->way && target->way->secure;
    if (target->udp && name->transport == TRANSPORT_NONE && !name->secure)
        name->transport = TRANSPORT_UDP;
    return CAUSE_NONE;
}

enum cause way_place(const struct proxy *proxy, const struct target *target, const struct endpoint *place) {
    if (!target_is_place(place) || (target->not_here && ip_is_loopback(&place->ip)))
        return CAUSE_UNREACHABLE;
    return judge(proxy, target, place);
}

const struct endpoint *way_local(const struct proxy *proxy, const struct target *target,
                                 const struct endpoint *remote) {
    const struct endpoint *local = target->way ? &target->way->flow.local : NULL;
    bool usable = local && local->ip.family == remote->ip.family && local->transport == remote->transport &&
                  ours_endpoint(proxy->settings, &local->ip, local->port);
    return usable ? local : NULL;
}

/* From the plan's address `ip` unless that is NULL, else from `local` unless that is NULL. */
static enum cause find_route(const struct call *call, const struct endpoint *remote, const struct ip_address *ip,
                             const struct endpoint *local, struct world_route *route) {
    struct proxy *proxy = call->proxy;
    const struct world *world = proxy->world;
    struct sip_message scanned;
    if (!ip)
        return world->route(world->context, remote, local, route);
    struct endpoint wanted = {.ip = *ip, .transport = remote->transport};
    if (local && ip_equal(&local->ip, ip))
        wanted.port = local->port; /* the one of its sockets that a NAT lets answer */
    if (ours_address(proxy->settings, ip) && ip->family == remote->ip.family)
        return world->route(world->context, remote, &wanted, route);
    EVENT(proxy, LOG_WARNING, "local-address-unusable", call_request(call, &scanned)->call_id, call->plan.rule,
          {"local", event_address(proxy, ip)}, {"destination", event_endpoint(proxy, remote)});
    return CAUSE_TRANSPORT_UNSUPPORTED;
}

enum cause way_out(const struct call *call, const struct target *target, const struct endpoint *remote,
                   struct world_route *out) {
    return find_route(call, remote, call->plan.to_callee, way_local(call->proxy, target, remote), out);
}

/* A server that has opened a WebSocket names its own place, which a browser cannot (RFC 7118 5.1). */
static bool is_browser(const struct way_sender *sender, const struct sip_message *request) {
    return flow_is_browsers(sender->source, sender->accepted) && !nat_shows(request, sender->source);
}

/* The connection that he opened: there is no other when he is where nobody can connect to, or wants none (RFC 7118 5.2,
 * RFC 5626 4.3). */
static enum flow_loss find_loss(const struct way_sender *sender, const struct sip_message *request) {
    if (!sender->accepted)
        return FLOW_REOPENED;
    bool bound = is_browser(sender, request) || sender->nat == CHOICE_TRUE || nat_asked(request) ||
                 nat_hides(request, sender->source);
    return bound ? FLOW_BOUND : FLOW_LEFT;
}

bool way_to_sender(const struct way_sender *sender, const struct sip_message *request, struct flow_place *flow) {
    bool next = !request->first[HEADER_RECORD_ROUTE]; /* else he is reached by that */
    bool hidden = next && is_browser(sender, request);
    switch ((enum outcome_choice)sender->nat) {
    case CHOICE_TRUE: hidden = next; break;
    case CHOICE_FALSE: break;
    case CHOICE_UNSET: hidden |= nat_suspected(request, sender->source) || nat_asked(request); break;
    }
    if (hidden)
        *flow = (struct flow_place){*sender->source, *sender->local, (uint8_t)find_loss(sender, request)};
    return hidden;
}

bool way_to_callee(const struct attempt *attempt, const struct world_route *out, struct flow_place *flow) {
    const struct way *way = attempt->target->way;
    enum outcome_choice nat = (enum outcome_choice)attempt->call->plan.nat;
    bool hidden = way && way->nat && (nat != CHOICE_FALSE || way->flow.loss == FLOW_BOUND);
    if (!hidden && nat != CHOICE_TRUE)
        return false;
    *flow = (struct flow_place){attempt->remote, out->local, way ? way->flow.loss : FLOW_REOPENED};
    return true;
}

bool way_has_moved(const struct call *call, const struct sip_message *request, const struct flow_place *told) {
    const struct way_sender sender = {&call->source, &call->local, call->accepted, call->plan.nat};
    struct flow_place flow;
    return !call->initial && way_to_sender(&sender, request, &flow) &&
           (!endpoint_equal(&flow.remote, &told->remote) || !endpoint_equal(&flow.local, &told->local));
}

enum cause way_back(const struct call *call, const struct world_route *out, bool apart, struct world_route *back) {
    const struct ip_address *wanted = call->plan.to_caller;
    enum cause cause = CAUSE_NONE;
    back->port = 0;
    if (wanted || !endpoint_equal(&out->local, &call->local))
        cause = find_route(call, &call->source, wanted, apart ? &call->local : NULL, back);
    if (cause || (back->port == out->port && back->local.transport == out->local.transport &&
                  slice_same(slice_of(back->host), slice_of(out->host))))
        back->port = 0;
    if (apart && !back->port)
        *back = *out;
    return wanted ? cause : CAUSE_NONE;
}
