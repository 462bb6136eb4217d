/* SPDX-License-Identifier: MIT */
/* What the commands called list have in common. */
#ifndef FOV_RUNTIME_CONTROL_LIST_H
#define FOV_RUNTIME_CONTROL_LIST_H

#include "runtime/control/control.h"
#include "runtime/control/table.h"

struct list {
    struct control *control;
    struct table table;
};

/* Prints the rows of a kind: `reader` adds cells to the table of the struct list that is its context. An exit code. */
int list_print(struct control *control, enum store_kind kind, const char *const *names, store_reader *reader);

#endif
