/* SPDX-License-Identifier: MIT */
/* What name servers say in a story, as its settings tell it. */
#ifndef FOV_RUNTIME_SIM_SAYINGS_H
#define FOV_RUNTIME_SIM_SAYINGS_H

#include "runtime/sim/reader.h"

/* dns NAME A|AAAA ADDRESS..., SRV PRIORITY WEIGHT PORT TARGET, NAPTR ORDER PREFERENCE FLAGS SERVICE NAME,
 * nxdomain|nodata|silent|servfail; behind any of them: ttl, after, from, for TIME */
void sayings_read(struct reader *reader, struct slice rest);
/* host NAME ADDRESS */
void sayings_read_host(struct reader *reader, struct slice rest);

#endif
