/* SPDX-License-Identifier: MIT */
/* What fov writes of flows into messages (proxy/flow.h), as stories name it. */
#ifndef FOV_RUNTIME_SIM_FLOWS_H
#define FOV_RUNTIME_SIM_FLOWS_H

#include "runtime/sim/play.h"

#define FLOWS_PARAM ";fov-flow="

/* Is it a Path value of fov's, for a REGISTER? */
bool flows_is_path(const struct play *play, struct slice value);
/* One for each Record-Route and Path of fov's, and for a Contact that it has marked; null: there is none of these. */
struct slice flows_text(struct play *play, const struct letter *message);

#endif
