/* SPDX-License-Identifier: MIT */
/* The store as a file: an SQLite database of the rows of grammar/store.def, one table for each kind. The only file that
 * knows SQLite. Whoever opens it uses it from one thread at a time; other programs may have it open as well.
 *
 * Beside the rows it has a journal, the table `change`: which keys a tool has written. A server whose rows are in its
 * memory reads there what it has to read again. */
#ifndef FOV_RUNTIME_NET_STORE_SQLITE_H
#define FOV_RUNTIME_NET_STORE_SQLITE_H

#include "runtime/state/store.h"

struct store_sqlite;

enum { STORE_VERSION = 2 }; /* of the schema; a file of a later one is refused */

enum store_side {
    STORE_SERVER, /* writes often and waits little; what it has written survives its own end, but the last moments may
                     be lost with the power */
    STORE_READER, /* only reads, and makes nothing */
    STORE_TOOL,   /* writes now and then, and tells the server; what it has written survives whatever comes */
};

/* Opens DIRECTORY/fov.db, or makes it (mode 0600; the directory too when only that is missing; a reader gets -ENOENT).
 * -EBADMSG: it is no store of ours, one of a later version, or damaged: nothing was changed, and it must not be used.
 * Another -errno: it cannot be opened or made. `reason` gets one line about either. */
int store_sqlite_open(struct store_sqlite **store, const char *directory, enum store_side side, char *reason,
                      size_t size);
void store_sqlite_close(struct store_sqlite *store);
const char *store_sqlite_file(const struct store_sqlite *store);
/* What an error of any function here means, for people. */
const char *store_sqlite_reason(int error);

/* Reading. Texts of a row last until the function that gave it, or the callback that got it, returns to its caller. */
typedef int store_reader(void *context, const struct store_row *row); /* not 0: enough, and the answer */
/* All rows of a kind, in the order of their keys. Rows that are wrong are passed over and counted in *wrong. */
int store_sqlite_each(struct store_sqlite *store, enum store_kind kind, store_reader *reader, void *context,
                      unsigned *wrong);
/* The rest of the row whose kind and key `row` has; `gone` when it is not there. -EINVAL: it is wrong. */
int store_sqlite_find(struct store_sqlite *store, struct store_row *row);

/* Writing: between begin and commit, all or nothing; after an error, or instead of commit: rollback. -EBUSY: another
 * program is writing, and did not end within `patience` ms. */
int store_sqlite_begin(struct store_sqlite *store, unsigned patience);
/* -EINVAL: this row cannot be kept, and others can. */
int store_sqlite_put(struct store_sqlite *store, const struct store_row *row);
int store_sqlite_commit(struct store_sqlite *store);
void store_sqlite_rollback(struct store_sqlite *store);

/* News for a server: rows that tools have written since the last call (or since it was opened), as they are now, gone
 * or not; at most `most` of them, *more: there are others. *missed: some were not told of, as this was not asked for
 * too long. */
int store_sqlite_news(struct store_sqlite *store, unsigned most, store_reader *reader, void *context, bool *more,
                      bool *missed);

#endif
