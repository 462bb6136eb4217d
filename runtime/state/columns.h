/* SPDX-License-Identifier: MIT */
/* The columns of grammar/store.def as arrays, and what they make the same for rows of every kind: values that a
 * database or a file can hold, the order of keys, copies. Pure: where rows are kept is somebody else's business. */
#ifndef FOV_RUNTIME_STATE_COLUMNS_H
#define FOV_RUNTIME_STATE_COLUMNS_H

#include "grammar/arena.h"
#include "runtime/state/store.h"

enum column_type {
    COLUMN_TEXT,     /* any bytes */
    COLUMN_DIGEST,   /* hexadecimal, lower case, or null */
    COLUMN_FLAG,     /* 0 or 1 */
    COLUMN_SHORT,    /* uint16_t */
    COLUMN_NUMBER,   /* uint32_t */
    COLUMN_TIME,     /* int64_t, not negative */
    COLUMN_ADDRESS,  /* text: "192.0.2.1", "2001:db8::1" */
    COLUMN_ENDPOINT, /* text: "udp:192.0.2.1:5060", "udp:[2001:db8::1]:5060", "udp:[fe80::1%2]:5060" */
};

struct column {
    const char *name;
    uint64_t most; /* as in store.def */
    uint16_t place;
    uint8_t type; /* enum column_type */
};

struct columns {
    const char *table;
    const struct column *list;
    uint8_t count, keys; /* the first `keys` are the key */
};

enum { COLUMNS_MAX = 16, COLUMN_TEXT_SIZE = ENDPOINT_TEXT + 24 };

enum column_form { FORM_NULL, FORM_NUMBER, FORM_TEXT };

struct column_value {
    enum column_form form;
    int64_t number;
    struct slice text;
};

const struct columns *columns_of(enum store_kind kind);

/* The value of a column of this row. Texts are the row's own, or written to `buffer`. A digest or address that
 * is not there is null. */
struct column_value column_get(const struct store_row *row, const struct column *column, char buffer[COLUMN_TEXT_SIZE]);
/* Sets it from a value that nobody has checked; a text is referred to, not copied. False: it is none for this
 * column. */
bool column_set(struct store_row *row, const struct column *column, const struct column_value *value);

/* By kind, then by key: <0, 0 (both are about the same thing), >0. */
int columns_order(const struct store_row *a, const struct store_row *b);
/* Its texts copied into the arena. False: out of memory. */
bool columns_copy(struct store_row *copy, const struct store_row *row, struct arena *arena);

#endif
