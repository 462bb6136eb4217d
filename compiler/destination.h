/* SPDX-License-Identifier: MIT */
/* Where requests go: To, $request, $target, and the list of $session = failover. */
#ifndef FOV_COMPILER_DESTINATION_H
#define FOV_COMPILER_DESTINATION_H

#include "compiler/check.h"

/* Each reads deploy->value into deploy's findings, and reports what can be no destination. */
void destination_read_to(struct check *check, struct deploy *deploy);
void destination_read_request(struct check *check, struct deploy *deploy);
void destination_read_targets(struct check *check, struct deploy *deploy);
void destination_read_session(struct check *check, struct deploy *deploy);

/* A value that holds addresses, as From and Contact do. */
void destination_check_addresses(struct check *check, const struct deploy *deploy);

/* Is a destination of this line a sips: URI? */
bool destination_is_secure(const struct deploy *deploy);

#endif
