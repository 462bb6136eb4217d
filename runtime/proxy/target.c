/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/target.h"

/* The transport that keeps a sips: URI's promise; TRANSPORT_NONE: there is none (RFC 3261 26.2.2,
 * RFC 5630 3.1.3: ;transport=tcp of a sips: URI means TLS over TCP). */
static enum transport made_secure(enum transport transport, bool by_param) {
    if (transports[transport].secure)
        return transport;
    if (by_param && transport == TRANSPORT_TCP)
        return TRANSPORT_TLS;
    if (by_param && transport == TRANSPORT_WS)
        return TRANSPORT_WSS;
    return TRANSPORT_NONE;
}

static enum transport choose_transport(const struct sip_uri *uri, enum transport asked) {
    bool secure = uri->scheme == URI_SIPS;
    struct slice param;
    if (asked != TRANSPORT_NONE)
        return secure ? made_secure(asked, false) : asked;
    if (uri_param(uri->params, SLICE("transport"), &param)) {
        enum transport named = transport_named(param);
        return secure && named != TRANSPORT_NONE ? made_secure(named, true) : named;
    }
    return secure ? TRANSPORT_TLS : TRANSPORT_UDP;
}

bool target_transport(const struct sip_uri *uri, enum transport asked, enum transport *transport, uint16_t *port) {
    *transport = choose_transport(uri, asked);
    if (*transport == TRANSPORT_NONE)
        return false;
    *port = uri->port_given ? uri->port : transports[*transport].port;
    return true;
}

/* The host itself when it is an address. */
static enum cause find_address(const struct world *world, struct slice host, struct ip_address *ip) {
    if (ip_parse(ip, host))
        return CAUSE_NONE;
    if (!world->resolve)
        return CAUSE_DNS_UNSUPPORTED;
    return world->resolve(world->context, host, ip) ? CAUSE_NONE : CAUSE_UNREACHABLE;
}

enum cause target_endpoint(const struct world *world, const struct sip_uri *uri, enum transport asked,
                           struct slice request_uri, struct endpoint *remote) {
    if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
        return CAUSE_SCHEME_UNSUPPORTED;
    *remote = (struct endpoint){.ip = uri->ip};
    struct slice maddr;
    bool elsewhere = uri_param(uri->params, SLICE("maddr"), &maddr);
    if (elsewhere || !remote->ip.family) {
        enum cause cause = find_address(world, elsewhere ? maddr : uri->host, &remote->ip);
        if (cause)
            return cause;
    }
    enum transport transport;
    if (!target_transport(uri, asked, &transport, &remote->port) ||
        (slice_starts_same(request_uri, SLICE("sips:")) && !transports[transport].secure))
        return CAUSE_TRANSPORT_UNSUPPORTED;
    remote->transport = (uint8_t)transport;
    /* The system would take the unspecified address for its own, and a group for many. */
    if (remote->port == 0 || ip_is_unspecified(&remote->ip) || ip_is_broadcast(&remote->ip) ||
        ip_is_multicast(&remote->ip))
        return CAUSE_UNREACHABLE;
    return CAUSE_NONE;
}

bool target_is_harmless(const struct sip_uri *uri, const struct ip_address *source) {
    struct ip_address ip = uri->ip;
    struct slice maddr;
    if (uri_param(uri->params, SLICE("maddr"), &maddr) && !ip_parse(&ip, maddr))
        return true; /* a name as well */
    if (!ip.family)
        return true;
    if (ip_is_loopback(&ip))
        return ip_is_loopback(source);
    return !ip_is_multicast(&ip) && !ip_is_broadcast(&ip) && !ip_is_unspecified(&ip);
}
