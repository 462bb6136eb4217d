/* SPDX-License-Identifier: MIT */
/* The machine's own addresses, of all its interfaces. */
#ifndef FOV_RUNTIME_NET_ADDRESSES_H
#define FOV_RUNTIME_NET_ADDRESSES_H

#include "runtime/sip/address.h"

/* *addresses is for free(). 0 or -errno. */
int addresses_get(struct ip_address **addresses, unsigned *count);

#endif
