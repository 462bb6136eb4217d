/* SPDX-License-Identifier: MIT */
/* UDP: a listener is a bound socket, the datagrams that came to it, those that wait to leave by it,
 * and what the network said about those that left. Nothing SIP in here. */
#ifndef FOV_RUNTIME_NET_UDP_H
#define FOV_RUNTIME_NET_UDP_H

#include "grammar/causes.h"
#include "runtime/sip/address.h"

enum { UDP_DATAGRAM_MAX = 65536, UDP_BATCH = 32 };

struct udp_listener;

struct udp_datagram {
    struct endpoint source, local; /* local: the very address it was sent to, also behind a wildcard */
    struct slice bytes;            /* valid during the call alone */
};

/* A datagram of ours that did not arrive: it could not be sent, or ICMP came back. */
struct udp_failure {
    struct endpoint remote;
    struct slice quoted; /* what is known of its bytes: all, or what ICMP quotes of them, or none */
    enum cause cause;
};

/* Datagrams that were lost on this machine, since the listener was opened. */
struct udp_losses {
    uint64_t received, /* came when the socket's buffer was full */
        sent;          /* no memory to queue them, or no room on the interface */
};

struct udp_events {
    void (*received)(void *context, const struct udp_datagram *datagram);
    void (*failed)(void *context, const struct udp_failure *failure);
    void *context;
};

/* Binds `address` (port 0: any free one). 0 or -errno. */
int udp_open(struct udp_listener **listener, const struct endpoint *address, const struct udp_events *events);
void udp_close(struct udp_listener *listener);
int udp_fd(const struct udp_listener *listener);
const struct endpoint *udp_bound(const struct udp_listener *listener); /* as bound: with the port it got */

/* Reads what the network says (errors first), then datagrams: at most one batch of each. True:
 * there may be more. */
bool udp_receive(struct udp_listener *listener);

/* Queues a datagram that leaves from `local`'s address. False: it is lost (and counted), for want
 * of memory or room in the queue. */
bool udp_queue(struct udp_listener *listener, const struct endpoint *local, const struct endpoint *remote,
               struct slice bytes);

bool udp_pending(const struct udp_listener *listener); /* something waits to leave */

enum udp_flushed { UDP_EMPTY, UDP_BLOCKED };
/* Sends what is queued, and what `failed` queues meanwhile. UDP_BLOCKED: the socket's buffer is
 * full, again when it can be written. */
enum udp_flushed udp_flush(struct udp_listener *listener);

struct udp_losses udp_losses(const struct udp_listener *listener);
/* What the kernel granted of the receive buffer, in bytes of its own counting (twice the usual). */
int udp_receive_buffer(const struct udp_listener *listener);

#endif
