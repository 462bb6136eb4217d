/* SPDX-License-Identifier: MIT */
/* What is said about a text that people wrote (a plan, a configuration): collected, sorted, printed with the lines it
 * speaks of. One cause, one diagnostic; notes point to the other place. */
#ifndef FOV_GRAMMAR_DIAG_H
#define FOV_GRAMMAR_DIAG_H

#include "grammar/arena.h"

#include <stdio.h>

enum diag_code {
#define DIAG(ID, ...) DIAG_##ID,
#include "grammar/diags.def"
    DIAG_COUNT
};

#endif
