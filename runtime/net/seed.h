/* SPDX-License-Identifier: MIT */
/* What makes a run of the server unguessable: random keys, and the one of dialogs, which outlive it (key.h). */
#ifndef FOV_RUNTIME_NET_SEED_H
#define FOV_RUNTIME_NET_SEED_H

#include "runtime/net/log.h"
#include "runtime/proxy/proxy.h"

/* The key of dialogs is kept in `directory`. When it cannot be, it serves this run, and the log is warned: dialogs of
 * before or after it will not be recognised. -errno: the kernel gives no random numbers. */
int seed_make(struct proxy_seed *seed, const char *directory, struct log *log);

#endif
