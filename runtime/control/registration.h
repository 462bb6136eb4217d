/* SPDX-License-Identifier: MIT */
/* fovctl registration ..., and what else removes registrations. */
#ifndef FOV_RUNTIME_CONTROL_REGISTRATION_H
#define FOV_RUNTIME_CONTROL_REGISTRATION_H

#include "runtime/control/control.h"

/* Within control_change(): removes the contacts of a user, or the one that is given; *count of them. 0 or an exit
 * code. */
int registration_remove(struct control *control, struct slice user, struct slice contact, unsigned *count);

#endif
