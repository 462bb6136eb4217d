/* SPDX-License-Identifier: MIT */
/* What the network says about datagrams that left (IP_RECVERR): ICMP errors and errors of the local
 * system, as causes. */
#ifndef FOV_RUNTIME_NET_UDP_ERROR_H
#define FOV_RUNTIME_NET_UDP_ERROR_H

#include "runtime/net/udp.h"

enum { UDP_QUOTED_MAX = 2048 };

/* Takes the next error from the socket's queue. False: there is none. CAUSE_NONE: nothing that
 * fails a target. failure->quoted lies in `quoted`. */
bool udp_error_next(int fd, struct udp_failure *failure, char quoted[UDP_QUOTED_MAX]);
/* The cause of a send that failed with this errno. */
enum cause udp_error_cause(int error);
/* The cause of an ICMP or ICMPv6 message; `family` 4 or 6. RFC 3261 18.4: unreachable and parameter
 * problems are failures, the others are ignored. */
enum cause udp_error_icmp_cause(unsigned family, unsigned type, unsigned code);

#endif
