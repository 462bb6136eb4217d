/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/target.h"

#include "grammar/causes.h"

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

/* The transport that somebody says; false: it will not do. TRANSPORT_NONE: nobody says any. */
static bool read_transport(const struct sip_uri *uri, enum transport asked, enum transport *transport) {
    bool secure = uri->scheme == URI_SIPS;
    struct slice param;
    *transport = asked;
    if (asked != TRANSPORT_NONE) {
        *transport = secure ? made_secure(asked, false) : asked;
    } else if (uri_param(uri->params, SLICE("transport"), &param)) {
        enum transport named = transport_named(param);
        *transport = secure && named != TRANSPORT_NONE ? made_secure(named, true) : named;
    } else {
        *transport = secure ? TRANSPORT_TLS : TRANSPORT_NONE;
        return true;
    }
    return *transport != TRANSPORT_NONE;
}

bool target_transport(const struct sip_uri *uri, enum transport asked, enum transport *transport, uint16_t *port) {
    if (!read_transport(uri, asked, transport))
        return false;
    if (*transport == TRANSPORT_NONE)
        *transport = TRANSPORT_UDP;
    *port = uri->port_given ? uri->port : transports[*transport].port;
    return true;
}

/* The system would take the unspecified address for its own, a group for many, and what an AAAA record says of IPv4 for
 * an address that nobody has looked at as such: one of this machine, or one that is ours. */
bool target_is_place(const struct endpoint *remote) {
    return remote->port != 0 && !ip_is_unspecified(&remote->ip) && !ip_is_broadcast(&remote->ip) &&
           !ip_is_multicast(&remote->ip) && !ip_is_mapped(&remote->ip);
}

enum cause target_place(const struct sip_uri *uri, enum transport asked, struct slice request_uri,
                        struct endpoint *remote, struct locate_request *name) {
    bool secure = slice_starts_same(request_uri, SLICE("sips:"));
    enum transport transport;
    struct slice maddr, host = uri->host;
    if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
        return CAUSE_SCHEME_UNSUPPORTED;
    *remote = (struct endpoint){.ip = uri->ip};
    if (uri_param(uri->params, SLICE("maddr"), &maddr)) {
        host = maddr;
        remote->ip.family = 0;
    }
    bool numeric = remote->ip.family || ip_parse(&remote->ip, host);
    if (!read_transport(uri, asked, &transport) ||
        (secure && transport != TRANSPORT_NONE && !transports[transport].secure))
        return CAUSE_TRANSPORT_UNSUPPORTED;
    if (transport != TRANSPORT_NONE)
        remote->transport = (uint8_t)transport;
    if (!numeric) {
        *name = (struct locate_request){
            .host = host_without_root(host), .port = uri->port, .transport = transport, .secure = secure};
        return uri->port_given && !uri->port ? CAUSE_UNREACHABLE : CAUSE_NONE;
    }
    *name = (struct locate_request){.host = SLICE_NULL};
    if (transport == TRANSPORT_NONE && secure)
        return CAUSE_TRANSPORT_UNSUPPORTED;
    target_transport(uri, asked, &transport, &remote->port);
    remote->transport = (uint8_t)transport;
    return target_is_place(remote) ? CAUSE_NONE : CAUSE_UNREACHABLE;
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
