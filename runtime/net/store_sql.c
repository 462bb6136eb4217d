/* SPDX-License-Identifier: MIT */
#include "runtime/net/store_sql.h"

#include "runtime/state/columns.h"

#include <stdarg.h>
#include <stdio.h>

struct sql {
    char *text;
    size_t length;
};

static void add(struct sql *sql, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct sql *sql, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    sql->length += (size_t)vsnprintf(sql->text + sql->length, STORE_SQL_MAX - sql->length, format, arguments);
    va_end(arguments);
}

static void add_names(struct sql *sql, const struct columns *columns, unsigned count) {
    for (unsigned i = 0; i < count; i++)
        add(sql, "%s\"%s\"", i ? ", " : "", columns->list[i].name);
}

static void add_key(struct sql *sql, const struct columns *columns) {
    for (unsigned i = 0; i < columns->keys; i++)
        add(sql, "%s \"%s\" = ?%u", i ? " AND" : " WHERE", columns->list[i].name, i + 1);
}

static void create(struct sql *sql, const struct columns *columns) {
    add(sql, "CREATE TABLE \"%s\" (", columns->table);
    for (unsigned i = 0; i < columns->count; i++) {
        const struct column *column = &columns->list[i];
        bool number = column->type >= COLUMN_FLAG && column->type <= COLUMN_TIME;
        add(sql, "\"%s\" %s%s, ", column->name, number ? "INTEGER" : "TEXT",
            column->type == COLUMN_DIGEST ? "" : " NOT NULL");
    }
    add(sql, "PRIMARY KEY (");
    add_names(sql, columns, columns->keys);
    add(sql, ")) WITHOUT ROWID");
}

static void take(struct sql *sql, const struct columns *columns) {
    add(sql, "SELECT ");
    add_names(sql, columns, columns->count);
    add(sql, " FROM \"%s\"", columns->table);
}

static void put(struct sql *sql, const struct columns *columns) {
    add(sql, "REPLACE INTO \"%s\" (", columns->table);
    add_names(sql, columns, columns->count);
    add(sql, ") VALUES (");
    for (unsigned i = 0; i < columns->count; i++)
        add(sql, "%s?%u", i ? ", " : "", i + 1);
    add(sql, ")");
}

const char *store_sql(enum store_statement what, enum store_kind kind, char buffer[STORE_SQL_MAX]) {
    const struct columns *columns = columns_of(kind);
    struct sql sql = {.text = buffer};
    switch (what) {
    case STORE_CREATE: create(&sql, columns); break;
    case STORE_ALL:
        take(&sql, columns);
        add(&sql, " ORDER BY ");
        add_names(&sql, columns, columns->keys);
        break;
    case STORE_ONE:
        take(&sql, columns);
        add_key(&sql, columns);
        break;
    case STORE_PUT: put(&sql, columns); break;
    case STORE_REMOVE:
        add(&sql, "DELETE FROM \"%s\"", columns->table);
        add_key(&sql, columns);
        break;
    }
    return buffer;
}
