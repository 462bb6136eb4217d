/* SPDX-License-Identifier: MIT */
/* The names under which a plan counts sessions: rules give them by $routename, conditions ask about them by $route.*. A
 * limit on a name that nobody gives never limits anything. */
#ifndef FOV_COMPILER_ROUTE_H
#define FOV_COMPILER_ROUTE_H

#include "compiler/check.h"

/* A condition asks about this name, at `span`. */
void route_asked(struct check *check, struct span span, struct slice name);
/* A rule gives this one; with what is inserted, it may be any. */
void route_given(struct check *check, const struct deploy *deploy);
/* Warns of names that are asked about and never given; when all rules were read. */
void route_check(struct check *check);

#endif
