/* SPDX-License-Identifier: MIT */
/* What the server of a story is set to: fovrun's options, as far as they are the proxy's (proxy/settings.h), where it
 * listens, and what the store takes. */
#ifndef FOV_RUNTIME_SIM_SETUP_H
#define FOV_RUNTIME_SIM_SETUP_H

#include "runtime/sim/reader.h"

/* One more listener, of which there is room: [tcp:|ws:]ADDRESS[:PORT]. False: that is none. */
bool setup_listen(struct story *story, struct slice text);
/* options NAME=VALUE ... */
void setup_read(struct reader *reader, struct slice rest);

#endif
