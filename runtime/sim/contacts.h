/* SPDX-License-Identifier: MIT */
/* The registered contacts of a story: read from its settings, and loaded into the proxy as the store would. */
#ifndef FOV_RUNTIME_SIM_CONTACTS_H
#define FOV_RUNTIME_SIM_CONTACTS_H

#include "runtime/sim/reader.h"

/* registered USER CONTACT [q=0.5] [expires=TIME] [nat=yes] [path=VALUE] [from=ADDRESS[:PORT]] */
void contacts_read(struct reader *reader, struct slice rest);
/* Oldest first. */
void contacts_load(const struct story *story, struct sim_world *world);

#endif
