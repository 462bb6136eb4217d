/* SPDX-License-Identifier: MIT */
/* What a story says about one message, a log or a record, held against what there is. */
#ifndef FOV_RUNTIME_SIM_CHECKS_H
#define FOV_RUNTIME_SIM_CHECKS_H

#include "runtime/sim/play.h"

/* Is this the message that the step names, with everything that stands below it? Otherwise the story fails. */
void check_message(struct play *play, const struct story_step *step, const struct exchange *exchange);
/* Some log line matches (or none, when negated). */
void check_log(struct play *play, const struct story_step *step);
/* `record`: a line of JSON, NULL when the proxy wrote none. */
void check_record(struct play *play, const struct story_step *step, const struct sim_line *record);

#endif
