/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/route.h"

#include "runtime/proxy/dialog.h"
#include "runtime/proxy/ours.h"
#include "runtime/proxy/target.h"

#include <errno.h>
#include <string.h>

struct routes {
    unsigned count;
    struct slice first, second, last; /* values */
};

static void find_routes(struct routes *routes, const struct sip_message *request) {
    *routes = (struct routes){0};
    for (int line = scan_next(request, HEADER_ROUTE, -1); line >= 0; line = scan_next(request, HEADER_ROUTE, line)) {
        struct slice rest = scan_value(request, (unsigned)line), value;
        while (list_next(&rest, &value)) {
            if (routes->count == 0)
                routes->first = value;
            else if (routes->count == 1)
                routes->second = value;
            routes->last = value;
            routes->count++;
        }
    }
}

static bool read_value(struct slice value, struct sip_uri *uri) {
    struct sip_name_addr address;
    return name_addr_parse(&address, value) == 0 && uri_parse(uri, address.uri, 0) == 0;
}

/* `params` of a URI without ;maddr and ;transport. */
static void add_without(struct slice params, char **out) {
    size_t at = 0;
    while (at < params.len) {
        size_t start = at;
        struct slice name, value;
        if (!param_next(params, &at, &name, &value))
            return;
        if (slice_same(name, SLICE("maddr")) || slice_same(name, SLICE("transport")))
            continue;
        memcpy(*out, params.at + start, at - start);
        *out += at - start;
    }
}

/* 16.4: a maddr that names us, on the port and transport that the request came over, says only that it had to come
 * here: it goes, with port and transport. */
static int strip_maddr(struct route *route, const struct proxy_settings *settings, const struct endpoint *local,
                       struct arena *arena) {
    struct sip_uri uri;
    struct slice maddr;
    struct ip_address ip;
    struct endpoint place;
    if (uri_parse(&uri, route->uri, 0) || (uri.scheme != URI_SIP && uri.scheme != URI_SIPS) ||
        !uri_param(uri.params, SLICE("maddr"), &maddr) || !ip_parse(&ip, maddr) ||
        target_endpoint(&uri, TRANSPORT_NONE, &place) != CAUSE_NONE || place.port != local->port ||
        place.transport != local->transport || !ours_endpoint(settings, &ip, place.port))
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

int route_read(struct route *route, const struct proxy_settings *settings, const struct hash_key *dialogs,
               const struct sip_message *request, const struct endpoint *local, struct arena *arena) {
    struct routes routes;
    struct sip_uri uri;
    *route = (struct route){.uri = request->uri};
    find_routes(&routes, request);
    if (routes.count && uri_parse(&uri, request->uri, 0) == 0 && dialog_named(dialogs, request->call_id, uri.params)) {
        if (!read_value(routes.last, &uri))
            return -EINVAL;
        route->uri = uri.text;
        route->drop_last = route->cookie = true;
    }
    unsigned left = routes.count - route->drop_last;
    struct slice next = routes.first;
    if (left) {
        if (!read_value(next, &uri))
            return -EINVAL;
        bool named = dialog_named(dialogs, request->call_id, uri.params);
        if (named || ours_uri(settings, &uri)) {
            route->skip = 1;
            route->cookie |= named;
            next = routes.second;
        }
    }
    if (left > route->skip) {
        if (!read_value(next, &uri))
            return -EINVAL;
        struct slice loose;
        route->next = uri.text;
        route->strict = !uri_param(uri.params, SLICE("lr"), &loose);
    }
    return strip_maddr(route, settings, local, arena);
}
