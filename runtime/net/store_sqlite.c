/* SPDX-License-Identifier: MIT */
#include "runtime/net/store_sqlite.h"

#include "grammar/arena.h"
#include "runtime/net/store_file.h"
#include "runtime/net/store_sql.h"
#include "runtime/state/columns.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    APPLICATION = 0x666f7673, /* "fovs", in the file's header (PRAGMA application_id) */
    JOURNAL_LIFE = 3600,      /* seconds that a line of the journal is kept: servers ask much more often */
    OPENING = 10000,          /* ms for others' transactions to end, where no other time is given */
    WAL_SIZE = 16 << 20,      /* bytes that the log keeps on disk when it has been emptied */
};

struct statements {
    sqlite3_stmt *all, *one, *put, *remove;
};

struct store_sqlite {
    sqlite3 *db;
    enum store_side side;
    struct statements of[STORE_KINDS];
    sqlite3_stmt *begin, *commit, *rollback;
    sqlite3_stmt *version, *news;  /* has another connection written? what? */
    sqlite3_stmt *journal, *prune; /* of a tool */
    int64_t seen;                  /* the last line of the journal that was read */
    int64_t version_seen;
    bool more;           /* there are lines behind it */
    struct arena found;  /* texts of the row found last */
    char file[PATH_MAX]; /* its name */
};

/* Errors. */

static int error_of(struct store_sqlite *store, int code) {
    int system = sqlite3_system_errno(store->db);
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return 0;
    case SQLITE_NOMEM: return -ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return -EBUSY;
    case SQLITE_FULL: return -ENOSPC;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return -EACCES;
    case SQLITE_CANTOPEN: return system ? -system : -EACCES;
    case SQLITE_IOERR: return system ? -system : -EIO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_SCHEMA:
    case SQLITE_ERROR: return -EBADMSG; /* of our statements only a foreign schema makes an error */
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH: return -EINVAL;
    default: return -EIO;
    }
}

const char *store_sqlite_reason(int error) {
    switch (-error) {
    case EBUSY: return "another program holds it locked";
    case EBADMSG: return "it is damaged";
    default: return strerror(-error);
    }
}

const char *store_sqlite_file(const struct store_sqlite *store) {
    return store->file;
}

/* Statements. */

static int prepare(struct store_sqlite *store, sqlite3_stmt **statement, const char *sql) {
    return error_of(store, sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL));
}

static int prepare_rows(struct store_sqlite *store, enum store_kind kind) {
    struct statements *of = &store->of[kind];
    const struct {
        sqlite3_stmt **statement;
        enum store_statement what;
    } list[] = {{&of->all, STORE_ALL}, {&of->one, STORE_ONE}, {&of->put, STORE_PUT}, {&of->remove, STORE_REMOVE}};
    char sql[STORE_SQL_MAX];
    int result = 0;
    for (size_t i = 0; !result && i < sizeof list / sizeof *list; i++)
        result = prepare(store, list[i].statement, store_sql(list[i].what, kind, sql));
    return result;
}

static int prepare_all(struct store_sqlite *store) {
    const struct {
        sqlite3_stmt **statement;
        const char *sql;
    } list[] = {
        {&store->begin, "BEGIN IMMEDIATE"},
        {&store->commit, "COMMIT"},
        {&store->rollback, "ROLLBACK"},
        {&store->version, "PRAGMA data_version"},
        {&store->news, "SELECT seq, kind, key1, key2 FROM change WHERE seq > ?1 ORDER BY seq LIMIT ?2"},
        {&store->journal, "INSERT INTO change (time, kind, key1, key2) VALUES (unixepoch(), ?1, ?2, ?3)"},
        {&store->prune, "DELETE FROM change WHERE time < unixepoch() - ?1"},
    };
    int result = 0;
    for (size_t i = 0; !result && i < sizeof list / sizeof *list; i++)
        result = prepare(store, list[i].statement, list[i].sql);
    for (unsigned kind = 0; !result && kind < STORE_KINDS; kind++)
        result = prepare_rows(store, (enum store_kind)kind);
    return result;
}

/* Runs it to its end. */
static int run(struct store_sqlite *store, sqlite3_stmt *statement) {
    errno = 0;
    int code = sqlite3_step(statement), system = errno; /* of a COMMIT that fails SQLite does not keep it */
    sqlite3_reset(statement);
    return (code & 0xff) == SQLITE_IOERR && system ? -system : error_of(store, code);
}

static int execute(struct store_sqlite *store, const char *sql) {
    return error_of(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

/* The number that `sql` answers; 0 when it answers nothing. */
static int ask(struct store_sqlite *store, const char *sql, int64_t *number) {
    sqlite3_stmt *statement = NULL;
    int result = prepare(store, &statement, sql);
    *number = 0;
    if (!result) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
            *number = sqlite3_column_int64(statement, 0);
        result = error_of(store, code);
    }
    sqlite3_finalize(statement);
    return result;
}

/* Opening. */

static int create_tables(struct store_sqlite *store) {
    char sql[STORE_SQL_MAX];
    int result = execute(store, "CREATE TABLE change (seq INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, "
                                "kind TEXT NOT NULL, key1 TEXT NOT NULL, key2 TEXT)");
    for (unsigned kind = 0; !result && kind < STORE_KINDS; kind++)
        result = execute(store, store_sql(STORE_CREATE, (enum store_kind)kind, sql));
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, STORE_VERSION);
    return result ? result : execute(store, sql);
}

/* *fresh: there is nothing in it yet. -EBADMSG: it is not for us. */
static int judge(struct store_sqlite *store, bool *fresh, char *reason, size_t size) {
    int64_t application = 0, version = 0, tables = 0;
    int result = ask(store, "PRAGMA application_id", &application);
    if (!result)
        result = ask(store, "PRAGMA user_version", &version);
    if (!result)
        result = ask(store, "SELECT count(*) FROM sqlite_schema", &tables);
    *fresh = application == 0 && version == 0 && tables == 0;
    if (result || *fresh)
        return result;
    if (application != APPLICATION)
        snprintf(reason, size, "%s is a database of another program", store->file);
    else if (version != STORE_VERSION)
        snprintf(reason, size, "%s has version %" PRId64 " of the store's tables; this program knows version %d",
                 store->file, version, STORE_VERSION);
    else
        return 0;
    return -EBADMSG;
}

/* Of two programs that make it at once, the second finds it made. */
static int create(struct store_sqlite *store, char *reason, size_t size) {
    bool fresh;
    int result = execute(store, "BEGIN IMMEDIATE");
    if (result)
        return result;
    result = judge(store, &fresh, reason, size);
    if (!result && fresh)
        result = create_tables(store);
    int ended = execute(store, result ? "ROLLBACK" : "COMMIT");
    return result ? result : ended;
}

/* A schema that somebody else wrote must not run anything. */
static int distrust(struct store_sqlite *store) {
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    return execute(store, "PRAGMA cell_size_check = ON");
}

/* How it writes. */
static int set_mode(struct store_sqlite *store) {
    char limit[64];
    if (sqlite3_db_readonly(store->db, "main") == 1)
        return -EACCES;
    snprintf(limit, sizeof limit, "PRAGMA journal_size_limit = %d", WAL_SIZE);
    int result = execute(store, "PRAGMA journal_mode = WAL");
    if (!result)
        result = execute(store, limit);
    const char *mode = store->side == STORE_SERVER ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL";
    return result ? result : execute(store, mode);
}

static int set_up(struct store_sqlite *store, char *reason, size_t size) {
    bool fresh = false;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, OPENING);
    int result = distrust(store);
    if (!result)
        result = judge(store, &fresh, reason, size);
    if (!result && store->side != STORE_READER)
        result = set_mode(store);
    if (!result && fresh)
        result = store->side == STORE_READER ? -ENOENT : create(store, reason, size);
    if (!result)
        result = prepare_all(store);
    return result ? result : ask(store, "SELECT seq FROM sqlite_sequence WHERE name = 'change'", &store->seen);
}

static int open_file(struct store_sqlite *store, const char *directory, char *reason, size_t size) {
    int result = store_file_name(store->file, directory);
    if (!result && store->side != STORE_READER)
        result = store_file_make(store->file, directory);
    if (result)
        return result;
    int code = sqlite3_open_v2(store->file, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!store->db)
        return -ENOMEM;
    return code == SQLITE_OK ? set_up(store, reason, size) : error_of(store, code);
}

int store_sqlite_open(struct store_sqlite **store, const char *directory, enum store_side side, char *reason,
                      size_t size) {
    struct store_sqlite *made = calloc(1, sizeof *made);
    reason[0] = '\0';
    *store = NULL;
    if (!made) {
        snprintf(reason, size, "out of memory");
        return -ENOMEM;
    }
    made->side = side;
    arena_init(&made->found, NULL, 0, 0);
    int result = open_file(made, directory, reason, size);
    if (!result) {
        *store = made;
        return 0;
    }
    if (!reason[0] && result == -EBADMSG)
        snprintf(reason, size, "%s is no store, or damaged: %s", made->file, sqlite3_errmsg(made->db));
    if (!reason[0])
        snprintf(reason, size, "%s: %s", made->file, store_sqlite_reason(result));
    store_sqlite_close(made);
    return result;
}

void store_sqlite_close(struct store_sqlite *store) {
    if (!store)
        return;
    sqlite3_stmt *statement;
    while (store->db && (statement = sqlite3_next_stmt(store->db, NULL)))
        sqlite3_finalize(statement);
    sqlite3_close(store->db);
    arena_free(&store->found);
    free(store);
}

/* Reading. */

static struct column_value value_of(sqlite3_stmt *statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return (struct column_value){.form = FORM_NUMBER, .number = sqlite3_column_int64(statement, column)};
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
        const char *at = sqlite3_column_blob(statement, column);
        size_t length = (size_t)sqlite3_column_bytes(statement, column);
        return (struct column_value){.form = FORM_TEXT, .text = {at ? at : "", length}};
    }
    default: return (struct column_value){.form = FORM_NULL};
    }
}

/* The row that the statement stands at. False: it is wrong. */
static bool row_of(struct store_row *row, enum store_kind kind, sqlite3_stmt *statement) {
    const struct columns *columns = columns_of(kind);
    *row = (struct store_row){.kind = kind};
    for (unsigned i = 0; i < columns->count; i++) {
        struct column_value value = value_of(statement, (int)i);
        if (!column_set(row, &columns->list[i], &value))
            return false;
    }
    return true;
}

int store_sqlite_each(struct store_sqlite *store, enum store_kind kind, store_reader *reader, void *context,
                      unsigned *wrong) {
    sqlite3_stmt *statement = store->of[kind].all;
    int result = 0, code = SQLITE_ROW;
    while (!result && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct store_row row;
        if (row_of(&row, kind, statement))
            result = reader(context, &row);
        else
            ++*wrong;
    }
    int error = error_of(store, code);
    sqlite3_reset(statement);
    return error ? error : result;
}

static int bind(struct store_sqlite *store, sqlite3_stmt *statement, int place, const struct column_value *value) {
    switch (value->form) {
    case FORM_NULL: return error_of(store, sqlite3_bind_null(statement, place));
    case FORM_NUMBER: return error_of(store, sqlite3_bind_int64(statement, place, value->number));
    case FORM_TEXT: break;
    }
    if (value->text.len > STORE_TEXT_MAX)
        return -EINVAL;
    return error_of(store, sqlite3_bind_text(statement, place, value->text.at, (int)value->text.len, SQLITE_STATIC));
}

/* The first `count` columns as the parameters from `place` on. What is bound must last until the statement has run. */
static int bind_columns(struct store_sqlite *store, sqlite3_stmt *statement, int place, const struct store_row *row,
                        unsigned count, char buffers[COLUMNS_MAX][COLUMN_TEXT_SIZE]) {
    const struct columns *columns = columns_of(row->kind);
    int result = 0;
    for (unsigned i = 0; !result && i < count; i++) {
        struct column_value value = column_get(row, &columns->list[i], buffers[i]);
        result = bind(store, statement, place + (int)i, &value);
    }
    return result;
}

int store_sqlite_find(struct store_sqlite *store, struct store_row *row) {
    sqlite3_stmt *statement = store->of[row->kind].one;
    char buffers[COLUMNS_MAX][COLUMN_TEXT_SIZE];
    struct store_row found;
    int result = bind_columns(store, statement, 1, row, columns_of(row->kind)->keys, buffers);
    if (!result) {
        int code = sqlite3_step(statement);
        result = error_of(store, code);
        row->gone = code == SQLITE_DONE;
        if (code == SQLITE_ROW && !row_of(&found, row->kind, statement))
            result = -EINVAL;
        arena_reset(&store->found);
        if (code == SQLITE_ROW && !result && !columns_copy(row, &found, &store->found))
            result = -ENOMEM;
    }
    sqlite3_reset(statement);
    return result;
}

/* Writing. */

int store_sqlite_begin(struct store_sqlite *store, unsigned patience) {
    sqlite3_busy_timeout(store->db, (int)patience);
    return run(store, store->begin);
}

static int note(struct store_sqlite *store, const struct store_row *row) {
    char buffers[COLUMNS_MAX][COLUMN_TEXT_SIZE];
    const struct columns *columns = columns_of(row->kind);
    sqlite3_clear_bindings(store->journal);
    int result = error_of(store, sqlite3_bind_text(store->journal, 1, columns->table, -1, SQLITE_STATIC));
    if (!result)
        result = bind_columns(store, store->journal, 2, row, columns->keys, buffers);
    return result ? result : run(store, store->journal);
}

int store_sqlite_put(struct store_sqlite *store, const struct store_row *row) {
    const struct columns *columns = columns_of(row->kind);
    sqlite3_stmt *statement = row->gone ? store->of[row->kind].remove : store->of[row->kind].put;
    char buffers[COLUMNS_MAX][COLUMN_TEXT_SIZE];
    int result = bind_columns(store, statement, 1, row, row->gone ? columns->keys : columns->count, buffers);
    if (!result)
        result = run(store, statement);
    return !result && store->side == STORE_TOOL ? note(store, row) : result;
}

int store_sqlite_commit(struct store_sqlite *store) {
    int result = 0;
    if (store->side == STORE_TOOL) {
        result = error_of(store, sqlite3_bind_int64(store->prune, 1, JOURNAL_LIFE));
        if (!result)
            result = run(store, store->prune);
    }
    return result ? result : run(store, store->commit);
}

void store_sqlite_rollback(struct store_sqlite *store) {
    /* Some errors have ended the transaction already; then there is nothing to do. */
    if (!sqlite3_get_autocommit(store->db))
        run(store, store->rollback);
}

/* News. */

static int look_for_news(struct store_sqlite *store, bool *any) {
    int code = sqlite3_step(store->version);
    int64_t version = code == SQLITE_ROW ? sqlite3_column_int64(store->version, 0) : store->version_seen;
    sqlite3_reset(store->version);
    *any = store->more || version != store->version_seen;
    store->version_seen = version;
    return error_of(store, code);
}

static bool kind_of(const struct column_value *table, enum store_kind *kind) {
    unsigned i = 0;
    while (i < STORE_KINDS && !(table->form == FORM_TEXT && slice_equal(table->text, slice_of(columns_of(i)->table))))
        i++;
    *kind = (enum store_kind)i;
    return i < STORE_KINDS;
}

/* The row that a line of the journal speaks of. A line that is wrong says nothing. */
static int read_line(struct store_sqlite *store, store_reader *reader, void *context) {
    struct column_value table = value_of(store->news, 1);
    enum store_kind kind;
    if (!kind_of(&table, &kind))
        return 0;
    struct store_row row = {.kind = kind};
    const struct columns *columns = columns_of(kind);
    for (unsigned i = 0; i < columns->keys; i++) {
        struct column_value key = value_of(store->news, 2 + (int)i);
        if (!column_set(&row, &columns->list[i], &key))
            return 0;
    }
    int result = store_sqlite_find(store, &row);
    return result ? (result == -EINVAL ? 0 : result) : reader(context, &row);
}

int store_sqlite_news(struct store_sqlite *store, unsigned most, store_reader *reader, void *context, bool *more,
                      bool *missed) {
    bool any = false;
    unsigned count = 0;
    int code = SQLITE_ROW, result = look_for_news(store, &any);
    *more = *missed = false;
    if (result || !any)
        return result;
    sqlite3_bind_int64(store->news, 1, store->seen);
    sqlite3_bind_int64(store->news, 2, most);
    while (!result && (code = sqlite3_step(store->news)) == SQLITE_ROW) {
        int64_t seq = sqlite3_column_int64(store->news, 0);
        *missed = *missed || seq != store->seen + 1;
        result = read_line(store, reader, context);
        store->seen = result ? store->seen : seq;
        count++;
    }
    int error = error_of(store, code);
    sqlite3_reset(store->news);
    store->more = *more = error || result || count == most;
    return error ? error : result;
}
