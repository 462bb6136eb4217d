/* SPDX-License-Identifier: MIT */
/* Rows of one kind from a CSV file: all of them, or none and every wrong line named. */
#ifndef FOV_RUNTIME_CONTROL_IMPORT_H
#define FOV_RUNTIME_CONTROL_IMPORT_H

#include "runtime/control/control.h"
#include "runtime/control/csv.h"

struct import {
    struct control *control;
    const char *file;
    const char *const *columns; /* their names, in order: the header line that a file may have. NULL behind the last */
    unsigned least;             /* as many of them there must be */
    /* Makes a row of a record; texts that last are in the control's arena. NULL, or what is wrong. */
    const char *(*row)(struct import *import, const struct csv_record *record, struct store_row *row);
    void *context; /* its own */

    struct store_row *rows; /* in the control's arena, in the order of their keys */
    unsigned count;
};

/* Reads the file. 0, or an exit code: what is wrong was printed. */
int import_read(struct import *import);

#endif
