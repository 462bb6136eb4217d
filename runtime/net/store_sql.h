/* SPDX-License-Identifier: MIT */
/* The SQL for the rows of grammar/store.def: text made of their columns. What runs it is store_sqlite.h. */
#ifndef FOV_RUNTIME_NET_STORE_SQL_H
#define FOV_RUNTIME_NET_STORE_SQL_H

#include "runtime/state/store.h"

enum store_statement {
    STORE_CREATE, /* the table */
    STORE_ALL,    /* all columns of all rows, in the order of their keys */
    STORE_ONE,    /* all columns of the row with the key ?1 ... */
    STORE_PUT,    /* the row whose columns are ?1 ..., instead of one with its key */
    STORE_REMOVE, /* the row with the key ?1 ... */
};

enum { STORE_SQL_MAX = 1024 };

/* Returns buffer. */
const char *store_sql(enum store_statement what, enum store_kind kind, char buffer[STORE_SQL_MAX]);

#endif
