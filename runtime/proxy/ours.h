/* SPDX-License-Identifier: MIT */
/* What is ours (language.md 1): the domains, the listeners' addresses with their ports, what
 * --advertise says. */
#ifndef FOV_RUNTIME_PROXY_OURS_H
#define FOV_RUNTIME_PROXY_OURS_H

#include "runtime/proxy/proxy.h"
#include "runtime/sip/uri.h"

/* One of the server's own names or addresses, whatever the port ($localhost). */
bool ours_host(const struct proxy_settings *settings, const struct sip_uri *uri);
/* Ours with its port; so is a URI without a host (sip:user@): a user of this server. A tel: URI
 * never is. */
bool ours_uri(const struct proxy_settings *settings, const struct sip_uri *uri);
/* Does a listener have this address, whatever its port? */
bool ours_address(const struct proxy_settings *settings, const struct ip_address *ip);
/* What others are told instead of a listener's port: a port of --advertise stands for that of the first listener. */
uint16_t ours_port(const struct proxy_settings *settings, uint16_t port);
/* Do we listen at this place? For a maddr and its port (RFC 3261 16.4). */
bool ours_endpoint(const struct proxy_settings *settings, const struct ip_address *ip, uint16_t port);

#endif
