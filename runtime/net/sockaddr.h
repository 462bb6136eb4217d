/* SPDX-License-Identifier: MIT */
/* Endpoints as the socket calls want them, and back. */
#ifndef FOV_RUNTIME_NET_SOCKADDR_H
#define FOV_RUNTIME_NET_SOCKADDR_H

#include "runtime/sip/address.h"

#include <sys/socket.h>

/* The length that belongs to it. The endpoint's family must be 4 or 6. */
socklen_t sockaddr_from(struct sockaddr_storage *address, const struct endpoint *endpoint);
/* False: neither IPv4 nor IPv6. The transport is left to the caller. */
bool sockaddr_endpoint(struct endpoint *endpoint, const struct sockaddr *address);

#endif
