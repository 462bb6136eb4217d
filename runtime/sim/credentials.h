/* SPDX-License-Identifier: MIT */
/* How a party of a story answers a challenge (RFC 7616 3.4): "digest bob secret" becomes the value of an Authorization
 * line. */
#ifndef FOV_RUNTIME_SIM_CREDENTIALS_H
#define FOV_RUNTIME_SIM_CREDENTIALS_H

#include "runtime/sim/play.h"

/* `text`: what stands behind "digest" (tests/scenario/README.md); `uri`: Request-URI of the request. The null slice:
 * the story failed. */
struct slice credentials_value(struct play *play, const struct story_step *step, unsigned line, struct slice text,
                               struct slice uri);

#endif
