/* SPDX-License-Identifier: MIT */
/* Name servers as they are at one time, asked on the server's loop: UDP first, and TCP for what does not fit. And what
 * /etc/hosts says, which is read anew for each name. channel.c is the only file that knows c-ares. */
#ifndef FOV_RUNTIME_NET_CHANNEL_H
#define FOV_RUNTIME_NET_CHANNEL_H

#include "runtime/net/loop.h"
#include "runtime/sip/address.h"
#include "runtime/sip/dns.h"

struct channel;

struct channel_servers {
    const struct endpoint *list; /* to be asked instead of those of `file`, when there are any */
    unsigned count;
    const char *file; /* in the format of resolv.conf(5): servers, and domains to search; read once, now */
    uint16_t port;    /* of the servers in it, which has no word for that; 0: the usual one */
};

struct channel_question {
    struct channel *channel; /* that it was asked of; NULL: it is not on its way */
    /* The bytes of an answer, or none, and why; during channel_ask() and channel_close(), too. */
    void (*answered)(struct channel_question *question, struct slice bytes, enum dns_status status);
};

/* `woken`: the loop has brought something; the channel may be closed then. 0, -ENOMEM, -EIO. */
int channel_open(struct channel **channel, struct loop *loop, const struct channel_servers *servers, loop_event *woken,
                 void *context);
void channel_close(struct channel *channel); /* not from within `answered` */
/* A name without a dot is also looked for in the domains to search. The question stays where it is until that is
 * answered. */
void channel_ask(struct channel *channel, struct channel_question *question, const char *name, enum dns_type type);
/* Are there questions that were not answered? */
bool channel_busy(const struct channel *channel);
/* Asks again what was not answered in time, or gives it up. */
void channel_tick(struct channel *channel);
uint64_t channel_due(const struct channel *channel); /* monotonic ms; UINT64_MAX: never */

/* The addresses of a family (4, 6) that /etc/hosts has for a name: how many, at most `most`. */
unsigned channel_hosts(const struct channel *channel, const char *name, uint8_t family, struct ip_address *list,
                       unsigned most);
/* The servers that are asked: how many, at most `most`. */
unsigned channel_list(const struct channel *channel, struct endpoint *list, unsigned most);

#endif
