/* SPDX-License-Identifier: MIT */
/* The block list with which a story begins: read from its settings, and loaded into the proxy as the store would. */
#ifndef FOV_RUNTIME_SIM_BLOCKED_H
#define FOV_RUNTIME_SIM_BLOCKED_H

#include "runtime/sim/reader.h"

/* block ADDRESS [for TIME] */
void blocked_read(struct reader *reader, struct slice rest);
void blocked_load(const struct story *story, struct sim_world *world);

#endif
