/* SPDX-License-Identifier: MIT */
/* Deploy lines: headers, variables, &names. */
#ifndef FOV_COMPILER_DEPLOY_H
#define FOV_COMPILER_DEPLOY_H

#include "compiler/check.h"

/* Finds out what the line sets and with what; deploy->kind is DEPLOY_BROKEN when it sets nothing
 * that is known. */
void deploy_check(struct check *check, struct deploy *deploy);

#endif
