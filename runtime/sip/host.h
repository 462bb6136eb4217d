/* SPDX-License-Identifier: MIT */
/* HOST[:PORT], as options write it: a name, an IPv4 address, or an IPv6 address in brackets. */
#ifndef FOV_RUNTIME_SIP_HOST_H
#define FOV_RUNTIME_SIP_HOST_H

#include "grammar/value.h"

/* The brackets stay. *port is null when there is none. */
bool host_split(struct slice text, struct slice *host, struct slice *port);
/* RFC 3261 25.1 hostname, by its letters and length, or an address. */
bool host_is_good(struct slice host);
/* From `least` to 65535. */
bool port_parse(uint16_t *port, struct slice text, uint16_t least);

#endif
