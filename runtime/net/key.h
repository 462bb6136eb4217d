/* SPDX-License-Identifier: MIT */
/* Keys: random ones, and the one for in-dialog cookies, which a restart must not change: dialogs
 * outlive the server. */
#ifndef FOV_RUNTIME_NET_KEY_H
#define FOV_RUNTIME_NET_KEY_H

#include "grammar/hash.h"

/* -errno when the kernel gives none. */
int key_random(struct hash_key *key);

/* Reads `directory`/dialog.key, or makes it (mode 0600, never half written; the directory too when
 * only it is missing). -errno: it can neither be read nor made. -EBADMSG: the file is not a key. */
int key_kept(struct hash_key *key, const char *directory);

#endif
