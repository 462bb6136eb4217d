/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/way.h"

#include "runtime/proxy/dialog.h"
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
    bool web = endpoint_is_web(remote), reached = web && target->way && target->way->bound;
    if (reached || (is_clear(remote) && !web) || !message_host(target->hop, &hop))
        return SLICE_NULL;
    if (!hop.ip.family)
        return hop.host;
    struct slice identity = route_identity(request, &proxy->seed.dialogs);
    size_t name = slice_find(identity, 0, '~');
    bool proved = ip_parse(&ip, slice_from(identity, name + 1)) && ip_equal(&ip, &hop.ip);
    return proved ? slice_cut(identity, 0, name) : hop.host;
}

uint64_t way_connection(const struct proxy *proxy, const struct target *target, const struct endpoint *remote) {
    const struct world *world = proxy->world;
    const struct way *way = target->way;
    if (!way || remote->transport == TRANSPORT_UDP || !endpoint_equal(&way->remote, remote))
        return 0;
    if (!way->connection)
        return world->connection(world->context, remote);
    return location_flows(proxy->locations, way->connection) ? way->connection : 0;
}

/* Is it to be sent to where it was seen? Nobody can connect to the far end of a connection that is gone: then its
 * contact's own words are all there is. */
static bool is_seen(const struct proxy *proxy, const struct target *target) {
    const struct way *way = target->way;
    return way && way->remote.ip.family &&
           (way->remote.transport == TRANSPORT_UDP || way_connection(proxy, target, &way->remote));
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
    if (way && way->bound && !way_connection(proxy, target, &way->remote))
        return CAUSE_FLOW_FAILED;
    if (is_seen(proxy, target)) {
        *remote = way->remote;
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
    const struct endpoint *local = target->way ? &target->way->local : NULL;
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

enum cause way_back(const struct call *call, const struct world_route *out, bool behind_nat, struct world_route *back) {
    const struct ip_address *wanted = call->plan.to_caller;
    back->port = 0;
    if (!wanted && endpoint_equal(&out->local, &call->local))
        return CAUSE_NONE;
    enum cause cause = find_route(call, &call->source, wanted, behind_nat ? &call->local : NULL, back);
    if (cause || (back->port == out->port && back->local.transport == out->local.transport &&
                  slice_same(slice_of(back->host), slice_of(out->host))))
        back->port = 0;
    return wanted ? cause : CAUSE_NONE;
}

const struct endpoint *way_to_caller(const struct call *call, const struct sip_message *request) {
    bool behind_nat = nat_suspected(request, &call->source) || nat_asked(request);
    if (endpoint_is_web(&call->source))
        return request->first[HEADER_RECORD_ROUTE] ? NULL : &call->source;
    switch ((enum outcome_choice)call->plan.nat) {
    case CHOICE_TRUE: behind_nat = !request->first[HEADER_RECORD_ROUTE]; break; /* else it is reached by that */
    case CHOICE_FALSE: behind_nat = false; break;
    case CHOICE_UNSET: break;
    }
    return behind_nat ? &call->source : NULL;
}

/* The response's topmost Record-Route is that of who stands nearest to the callee. Who is in a dialog already need not
 * repeat it (RFC 3261 12.2.2); where a request of the dialog went straight to a place, nobody stands between. */
static bool is_next_to_us(const struct call *call, const struct sip_message *response) {
    int line = scan_next(response, HEADER_RECORD_ROUTE, -1);
    struct slice rest = line >= 0 ? scan_value(response, (unsigned)line) : SLICE_EMPTY, value;
    struct sip_name_addr address;
    struct sip_uri uri;
    if (!list_next(&rest, &value))
        return !call->initial;
    return name_addr_parse(&address, value) == 0 && uri_parse(&uri, address.uri, 0) == 0 &&
           dialog_named(&call->proxy->seed.dialogs, response->call_id, uri.params);
}

const struct endpoint *way_to_callee(const struct attempt *attempt, const struct sip_message *response) {
    const struct call *call = attempt->call;
    const struct way *way = attempt->target->way;
    bool behind_nat = call->plan.nat == CHOICE_TRUE || (call->plan.nat == CHOICE_UNSET && way && way->nat) ||
                      (endpoint_is_web(&attempt->remote) && way);
    if (!behind_nat || response->status == 100 || response->status >= 300 || !call->proxy->settings->record_route ||
        !dialog_recorded(response->method) || nat_marked(response) || !is_next_to_us(call, response))
        return NULL;
    return &attempt->remote;
}
