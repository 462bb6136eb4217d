/* SPDX-License-Identifier: MIT */
/* The settings of the failover plug-in (language.md section 5), and what a rule's settings come to
 * together. */
#ifndef FOV_COMPILER_FAILOVER_H
#define FOV_COMPILER_FAILOVER_H

#include "compiler/check.h"

/* Reads the value of `&failover.* = value` into deploy's findings. */
void failover_read(struct check *check, struct deploy *deploy);
/* Warns of settings that do nothing, take too long or lead where nobody wants to go. */
void failover_check_rule(struct check *check, const struct rule *rule);

#endif
