/* SPDX-License-Identifier: MIT */
/* The messages that the parties of a story send: complete and legal by RFC 3261 unless the story says otherwise. */
#ifndef FOV_RUNTIME_SIM_DRAFT_H
#define FOV_RUNTIME_SIM_DRAFT_H

#include "runtime/sim/play.h"

/* The bytes of a step that sends; the null slice: the story failed. */
struct slice draft_message(struct play *play, const struct story_step *step);

#endif
