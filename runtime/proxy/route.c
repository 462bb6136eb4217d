/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/route.h"

#include "runtime/proxy/dialog.h"
#include "runtime/proxy/ours.h"
#include "runtime/proxy/target.h"

#include <errno.h>
#include <string.h>

struct routes { /* the values of all Route lines, one after the other */
    const struct sip_message *request;
    int line;
    struct slice rest, value;
};

static bool next_route(struct routes *routes) {
    while (!list_next(&routes->rest, &routes->value)) {
        routes->line = scan_next(routes->request, HEADER_ROUTE, routes->line);
        if (routes->line < 0)
            return false;
        routes->rest = scan_value(routes->request, (unsigned)routes->line);
    }
    return true;
}

static struct routes all_routes(const struct sip_message *request) {
    return (struct routes){.request = request, .line = -1, .rest = SLICE_EMPTY};
}

static bool read_value(struct slice value, struct sip_uri *uri) {
    struct sip_name_addr address;
    return name_addr_parse(&address, value) == 0 && uri_parse(uri, address.uri, 0) == 0;
}

/* `params` of a URI without ;maddr and ;transport. */
static void add_without(struct slice params, char **out) {
    for (size_t at = 0; at < params.len;) {
        size_t start = at;
        struct slice name, value;
        if (!param_next(params, &at, &name, &value))
            return;
        struct slice param = slice_cut(params, start, at);
        if (uri_param(param, SLICE("maddr"), &value) || uri_param(param, SLICE("transport"), &value))
            continue;
        memcpy(*out, param.at, param.len);
        *out += param.len;
    }
}

/* 16.4: a maddr that names us, on the port and transport that the request came over, says only that
 * it had to come here: it goes, with port and transport. */
static int strip_maddr(struct route *route, const struct proxy_settings *settings, const struct endpoint *local,
                       struct arena *arena) {
    struct sip_uri uri, named = {.scheme = URI_SIP, .port_given = true};
    enum transport transport;
    if (uri_parse(&uri, route->uri, 0) || (uri.scheme != URI_SIP && uri.scheme != URI_SIPS) ||
        !uri_param(uri.params, SLICE("maddr"), &named.host) ||
        !target_transport(&uri, TRANSPORT_NONE, &transport, &named.port) || transport != local->transport ||
        named.port != local->port)
        return 0;
    if (!ip_parse(&named.ip, named.host))
        named.ip.family = 0;
    if (named.host.len == 0 || !ours_uri(settings, &named))
        return 0;
    char *text = arena_bytes(arena, uri.text.len), *out = text;
    if (!text)
        return -ENOMEM;
    size_t front = (size_t)(uri.host.at + uri.host.len - uri.text.at);
    memcpy(out, uri.text.at, front);
    out += front;
    add_without(uri.params, &out);
    if (uri.headers.len)
        memcpy(out, uri.headers.at, uri.headers.len);
    route->uri = (struct slice){text, (size_t)(out - text) + uri.headers.len};
    return 0;
}

/* A strict router has put our Record-Route URI into the Request-URI: what it was stands last in the
 * Route. */
static int undo_strict(struct route *route, const struct hash_key *dialogs, const struct sip_message *request) {
    struct routes routes = all_routes(request);
    struct sip_uri uri;
    if (uri_parse(&uri, request->uri, 0) || !dialog_named(dialogs, request->call_id, uri.params) ||
        !next_route(&routes))
        return 0;
    struct slice last = routes.value;
    while (next_route(&routes))
        last = routes.value;
    if (!read_value(last, &uri))
        return -EINVAL;
    route->uri = uri.text;
    route->drop_last = route->cookie = true;
    return 0;
}

/* The topmost Route goes when it is ours, and all below it that are: we record two where a call comes in on one address
 * and leaves by another (RFC 5658 4.3), and whoever names us more often would only have us send to ourselves. */
static int take_off(struct route *route, const struct proxy_settings *settings, const struct hash_key *dialogs,
                    const struct sip_message *request) {
    struct routes routes = all_routes(request);
    struct sip_uri uri;
    struct slice loose;
    while (next_route(&routes)) {
        if (!read_value(routes.value, &uri))
            return -EINVAL;
        bool named = dialog_named(dialogs, request->call_id, uri.params);
        if (!ours_uri(settings, &uri) && (!named || route->skip)) {
            route->next = uri.text;
            route->strict = !uri_param(uri.params, SLICE("lr"), &loose);
            return 0;
        }
        route->cookie |= named;
        route->skip++;
    }
    return 0;
}

int route_read(struct route *route, const struct proxy_settings *settings, const struct hash_key *dialogs,
               const struct sip_message *request, const struct endpoint *local, struct arena *arena) {
    *route = (struct route){.uri = request->uri};
    int error = undo_strict(route, dialogs, request);
    if (error == 0)
        error = take_off(route, settings, dialogs, request);
    if (route->drop_last && slice_equal(route->next, route->uri) && route->next.at == route->uri.at)
        route->next = SLICE_NULL; /* the one that has become the Request-URI */
    return error ? error : strip_maddr(route, settings, local, arena);
}

/* The flow of one of our URIs. */
static struct flow_place read_flow(struct route_flows *flows, const struct proxy *proxy, const struct sip_uri *uri,
                                   const struct sip_message *request) {
    struct flow_place flow = {.loss = FLOW_REOPENED};
    struct slice ob;
    bool dialog = request->to_tag.at != NULL;
    bool ours = dialog ? dialog_named(&proxy->seed.dialogs, request->call_id, uri->params)
                       : uri_param(uri->params, SLICE("ob"), &ob);
    if (uri->user.at && ours)
        flows->forged |= !flow_read(&flow, &proxy->flows, dialog ? request->call_id : SLICE_EMPTY, uri->user);
    return flow;
}

void route_read_flows(struct route_flows *flows, const struct proxy *proxy, const struct route *route,
                      const struct sip_message *request) {
    struct routes routes = all_routes(request);
    struct sip_uri uri;
    bool first = true;
    *flows = (struct route_flows){.forged = false};
    if (route->drop_last && uri_parse(&uri, request->uri, 0) == 0) { /* a strict router has put it there */
        flows->from = flows->to = read_flow(flows, proxy, &uri, request);
        first = false;
    }
    for (unsigned left = route->skip; left && next_route(&routes); left--) {
        if (!read_value(routes.value, &uri))
            return;
        flows->to = read_flow(flows, proxy, &uri, request);
        flows->from = first ? flows->to : flows->from;
        first = false;
    }
}

static bool says_identity(const struct sip_uri *uri, const struct sip_message *request, const struct hash_key *dialogs,
                          struct slice *identity) {
    return uri_param(uri->params, SLICE(IDENTITY_PARAM), identity) &&
           dialog_named(dialogs, request->call_id, uri->params);
}

struct slice route_identity(const struct sip_message *request, const struct hash_key *dialogs) {
    struct routes routes = all_routes(request);
    struct slice identity;
    struct sip_uri uri;
    if (uri_parse(&uri, request->uri, 0) == 0 && says_identity(&uri, request, dialogs, &identity))
        return identity;
    while (next_route(&routes))
        if (read_value(routes.value, &uri) && says_identity(&uri, request, dialogs, &identity))
            return identity;
    return SLICE_NULL;
}
