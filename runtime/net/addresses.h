/* SPDX-License-Identifier: MIT */
/* The machine's own addresses, of all its interfaces, as they are now: they come and go while a
 * server runs (DHCP, VRRP), and the kernel says when. */
#ifndef FOV_RUNTIME_NET_ADDRESSES_H
#define FOV_RUNTIME_NET_ADDRESSES_H

#include "runtime/sip/address.h"

struct addresses {
    struct ip_address *list;
    unsigned count;
    int news; /* becomes readable when one came or went; -1: the kernel tells nothing here */
};

/* 0 or -errno. */
int addresses_open(struct addresses *addresses);
void addresses_close(struct addresses *addresses);
/* Takes the news and reads the list again; the old one stays when that fails. 0 or -errno. */
int addresses_refresh(struct addresses *addresses);

#endif
