/* SPDX-License-Identifier: MIT */
/* A list as it is printed: a table for people, or an array of JSON objects for programs. */
#ifndef FOV_RUNTIME_CONTROL_TABLE_H
#define FOV_RUNTIME_CONTROL_TABLE_H

#include "grammar/arena.h"

#include <stdio.h>

enum { TABLE_COLUMNS = 8 };

struct table_row;

struct table {
    struct arena *arena;
    const char *const *names; /* of the columns; NULL behind the last */
    unsigned count, at;       /* columns; the one of the next cell */
    struct table_row *first, *newest, **last;
    bool failed; /* out of memory */
};

void table_init(struct table *table, struct arena *arena, const char *const *names);
/* The next cell, row by row; a null text is null. */
void table_text(struct table *table, struct slice text);
void table_number(struct table *table, int64_t number);
void table_truth(struct table *table, bool truth); /* for people: yes, or nothing */
/* False: out of memory; nothing was printed. Whether `out` took it is for the caller to see. */
bool table_print(struct table *table, FILE *out, bool json);

#endif
