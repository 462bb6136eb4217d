/* SPDX-License-Identifier: MIT */
/* Datagrams on their way out, in order. Two queues of this kind take turns: one is sent from, one
 * is added to, so that an answer to a failure can be queued while the failed datagram is looked at.
 */
#ifndef FOV_RUNTIME_NET_UDP_QUEUE_H
#define FOV_RUNTIME_NET_UDP_QUEUE_H

#include "runtime/sip/address.h"

enum { UDP_QUEUE_MAX = 64 << 20 }; /* bytes waiting */

struct udp_waiting {
    struct endpoint local, remote;
    size_t offset, length; /* in bytes */
    unsigned tries;
};

struct udp_queue {
    struct udp_waiting *waiting;
    size_t next, count, room; /* `next` is the first that has not left */
    char *bytes;
    size_t used, size;
};

bool udp_queue_add(struct udp_queue *queue, const struct endpoint *local, const struct endpoint *remote,
                   struct slice bytes);
struct slice udp_queue_bytes(const struct udp_queue *queue, const struct udp_waiting *waiting);
/* Empties it; memory beyond an everyday amount is given back. */
void udp_queue_reset(struct udp_queue *queue);
void udp_queue_free(struct udp_queue *queue);

#endif
