/* SPDX-License-Identifier: MIT */
#include "runtime/proxy/ours.h"

#include "runtime/proxy/target.h"

static bool same_host(struct slice host, const struct ip_address *ip, struct slice other) {
    struct ip_address address;
    if (ip->family)
        return ip_parse(&address, other) && ip_equal(ip, &address);
    return slice_same(host_without_root(host), host_without_root(other));
}

static bool is_domain(const struct proxy_settings *settings, const struct sip_uri *uri) {
    for (unsigned i = 0; i < settings->domain_count; i++)
        if (same_host(uri->host, &uri->ip, settings->domains[i]))
            return true;
    return false;
}

static bool is_advertised(const struct proxy_settings *settings, const struct sip_uri *uri) {
    return settings->advertise.len && same_host(uri->host, &uri->ip, settings->advertise);
}

static bool is_own_address(const struct proxy_settings *settings, const struct ip_address *ip) {
    for (unsigned i = 0; i < settings->address_count; i++)
        if (ip_equal(&settings->addresses[i], ip))
            return true;
    return false;
}

static bool listens_on(const struct proxy_settings *settings, const struct endpoint *listener,
                       const struct ip_address *ip) {
    if (!ip_is_unspecified(&listener->ip))
        return ip_equal(&listener->ip, ip);
    return listener->ip.family == ip->family && is_own_address(settings, ip);
}

bool ours_address(const struct proxy_settings *settings, const struct ip_address *ip) {
    for (unsigned i = 0; i < settings->listener_count; i++)
        if (listens_on(settings, &settings->listeners[i], ip))
            return true;
    return false;
}

bool ours_host(const struct proxy_settings *settings, const struct sip_uri *uri) {
    if (is_domain(settings, uri) || is_advertised(settings, uri))
        return true;
    if (!uri->ip.family)
        return false;
    return ours_address(settings, &uri->ip) || is_own_address(settings, &uri->ip);
}

bool ours_endpoint(const struct proxy_settings *settings, const struct ip_address *ip, uint16_t port) {
    for (unsigned i = 0; i < settings->listener_count; i++) {
        const struct endpoint *listener = &settings->listeners[i];
        if (listener->port == port && listens_on(settings, listener, ip))
            return true;
    }
    return false;
}

uint16_t ours_port(const struct proxy_settings *settings, uint16_t port) {
    bool mapped = settings->advertise_port && settings->listener_count && settings->listeners[0].port == port;
    return mapped ? settings->advertise_port : port;
}

static bool is_advertised_port(const struct proxy_settings *settings, uint16_t port) {
    for (unsigned i = 0; i < settings->listener_count; i++)
        if (ours_port(settings, settings->listeners[i].port) == port)
            return true;
    return false;
}

bool ours_uri(const struct proxy_settings *settings, const struct sip_uri *uri) {
    if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
        return false;
    if (uri->host.len == 0 || is_domain(settings, uri))
        return true;
    enum transport transport;
    uint16_t port = uri->port; /* when it names a transport that nobody knows */
    if (!target_transport(uri, TRANSPORT_NONE, &transport, &port) && !uri->port_given)
        port = transports[TRANSPORT_UDP].port;
    if (is_advertised(settings, uri) && is_advertised_port(settings, port))
        return true;
    return uri->ip.family && ours_endpoint(settings, &uri->ip, port);
}
