/* SPDX-License-Identifier: MIT */
/* Sockets of TCP: those that listen, those that connect, and why they fail. What goes over them is connection.h's. */
#ifndef FOV_RUNTIME_NET_TCP_H
#define FOV_RUNTIME_NET_TCP_H

#include "grammar/causes.h"
#include "runtime/sip/address.h"

/* A socket that listens at `address`; *bound is the same with the port it got. It does not block. The descriptor, or
 * -errno. */
int tcp_listen(const struct endpoint *address, struct endpoint *bound);
/* One that is being connected to flow->remote, from the address of flow->local and any free port: the listener's is
 * taken. It does not block. The descriptor, or -errno. */
int tcp_connect(const struct sip_flow *flow);
/* What all connections want: each message leaves at once, and a peer whose system acknowledges nothing for 64*T1 is
 * gone. */
void tcp_prepare(int fd);
/* Ends one so that its other end is told at once, and nothing of it stays here. */
void tcp_turn_away(int fd);
/* Why a socket call failed with this errno. */
enum cause tcp_cause(int error);
/* Does it say that nothing is wrong, but that there is nothing to do now? */
bool tcp_is_later(int error);

#endif
