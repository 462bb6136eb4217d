/* SPDX-License-Identifier: MIT */
/* A CSV file (RFC 4180): records of fields; quotes around fields that have commas, quotes or line ends in them. A byte
 * order mark, CRLF or LF, and empty lines are fine. */
#ifndef FOV_RUNTIME_CONTROL_CSV_H
#define FOV_RUNTIME_CONTROL_CSV_H

#include "grammar/arena.h"

enum { CSV_FIELDS = 8, CSV_SIZE_MAX = 256 * 1024 * 1024 };

struct csv {
    char *text; /* the whole file, owned */
    size_t size, at;
    unsigned line; /* of the next record, from 1 */
};

struct csv_record {
    unsigned line;
    struct slice fields[CSV_FIELDS]; /* in the file's text: they last until it is closed */
    unsigned count;
    const char *fault; /* why it is none; NULL: it is one */
};

/* "-" is standard input. 0 or -errno. */
int csv_open(struct csv *csv, const char *file);
/* Wipes what was read: there may have been passwords in it. */
void csv_close(struct csv *csv);
/* False: there is no other. */
bool csv_next(struct csv *csv, struct csv_record *record);

#endif
