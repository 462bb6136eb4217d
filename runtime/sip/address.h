/* SPDX-License-Identifier: MIT */
/* Addresses without sockets: an IP address, an endpoint of a transport. Text forms are RFC 3261's (IPv6 in brackets
 * where a port may follow). */
#ifndef FOV_RUNTIME_SIP_ADDRESS_H
#define FOV_RUNTIME_SIP_ADDRESS_H

#include "grammar/protocol.h"
#include "grammar/value.h"

/* struct ip_address comes from grammar/value.h: { uint8_t family (4, 6; 0 none); uint8_t bytes[16]; }, with
 * ip_parse, ip_format, ip_equal, ip_in_prefix; IPv4-mapped IPv6 addresses are turned into IPv4 by ip_parse. */
struct endpoint {
    struct ip_address ip;
    uint8_t transport; /* enum transport */
    uint16_t port;
    uint32_t scope; /* of a link-local IPv6 address: interface index, else 0 */
};

/* The way that bytes take between two endpoints. Over a stream that is a connection: connections have numbers, none is
 * ever used twice. */
struct sip_flow {
    struct endpoint local, remote;
    uint64_t connection; /* the one to take while it is there; 0: any that we have opened to `remote`, or a new one */
    uint64_t until;      /* ms: a new one is waited for no longer; 0: as long as the world waits for any */
    struct slice name;   /* what `remote` is called, and must prove to be when the transport is secure (RFC 5922 4);
                            of a WebSocket's without one nobody knows how to open another */
};

enum { ENDPOINT_TEXT = 80 };

/* A WebSocket: who has opened one may be a browser, which is reached by no other (RFC 7118 5.2). */
static inline bool endpoint_is_web(const struct endpoint *endpoint) {
    return endpoint->transport == TRANSPORT_WS || endpoint->transport == TRANSPORT_WSS;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
/* "192.0.2.1:5060", "[2001:db8::1]:5060"; returns buffer. */
const char *endpoint_text(const struct endpoint *endpoint, char buffer[ENDPOINT_TEXT]);
/* loopback, multicast, broadcast, unspecified ... as the redirection limits and $globalAddr need them */
bool ip_is_loopback(const struct ip_address *ip);
bool ip_is_multicast(const struct ip_address *ip);
bool ip_is_broadcast(const struct ip_address *ip);
bool ip_is_unspecified(const struct ip_address *ip);
bool ip_is_mapped(const struct ip_address *ip); /* IPv4 in the form of IPv6: RFC 4291 2.5.5.2 */
bool ip_is_global(const struct ip_address *ip); /* IANA special-purpose registries */

#endif
