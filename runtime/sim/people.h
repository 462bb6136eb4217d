/* SPDX-License-Identifier: MIT */
/* The users and aliases of a story: read from its settings, and loaded into the proxy as the store would. */
#ifndef FOV_RUNTIME_SIM_PEOPLE_H
#define FOV_RUNTIME_SIM_PEOPLE_H

#include "runtime/sim/reader.h"

/* user NAME PASSWORD [allow=NAMES] [push] [md5-only] */
void people_read_user(struct reader *reader, struct slice rest);
/* alias ALIAS ENTITY [GROUP] */
void people_read_alias(struct reader *reader, struct slice rest);
/* Oldest first. */
void people_load(const struct story *story, struct sim_world *world);

#endif
