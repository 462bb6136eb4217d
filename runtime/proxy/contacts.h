/* SPDX-License-Identifier: MIT */
/* The location service in a sequence (RFC 3261 16.5): an entry that is ours means the registered contacts of its user,
 * and never the network. */
#ifndef FOV_RUNTIME_PROXY_CONTACTS_H
#define FOV_RUNTIME_PROXY_CONTACTS_H

#include "runtime/proxy/call.h"

/* Why a user of ours has no contacts: CAUSE_NONE, there are some; CAUSE_NOT_FOUND (404), CAUSE_NOT_REGISTERED (480), or
 * CAUSE_LOCAL_LIMIT, out of memory. Uses the scratch arena. */
enum cause contacts_missing(struct proxy *proxy, const struct sip_uri *uri);
/* Puts the contacts that an entry stands for before the targets not tried yet, in the order of the location service: 1,
 * it is not to be tried itself. 0: it stands for itself, or, with entry->missing, for nobody. -ENOMEM: nothing changed.
 * A contact that is ours again is not looked up a second time. */
int contacts_expand(struct call *call, struct target *entry);

#endif
