/* SPDX-License-Identifier: MIT */
/* The store as the server uses it: rows are handed over and written by a thread of its own, so that the loop never
 * waits for a disk. While a transaction is being written the next one gathers; nothing is held back on purpose.
 *
 * A disk that does not work is no reason not to serve: it is logged once, tickets are told at once, and what could not
 * be written stays in memory, the newest row of each key, and is written when the disk works again. */
#ifndef FOV_RUNTIME_NET_STORE_H
#define FOV_RUNTIME_NET_STORE_H

#include "runtime/net/log.h"
#include "runtime/net/store_sqlite.h"

struct store;

/* Called by store_tell(); kept() by store_flush(), too, where disk or memory do not keep up. */
struct store_events {
    void *context;
    /* Another program has changed this row; texts last until it returns. */
    void (*changed)(void *context, const struct store_row *row);
    /* What was handed over before this ticket is written, or memory is all there is. */
    void (*kept)(void *context, uint64_t ticket);
};

struct store_counts {
    uint64_t written, lost; /* rows; lost: they could be neither written nor held */
};

/* As store_sqlite_open. Log and events must outlive it. */
int store_open(struct store **store, const char *directory, struct log *log, const struct store_events *events,
               char *reason, size_t size);
/* The database, to be read before the writer starts. */
struct store_sqlite *store_database(struct store *store);
/* Starts the writer. -errno: there is no thread or descriptor for it. */
int store_start(struct store *store);
/* Writes what was handed over, for 5 s at most, and ends the writer; events are not called any more. */
void store_end(struct store *store);
/* That too, and frees everything. */
void store_close(struct store *store);

/* Copies the row. */
void store_keep(struct store *store, const struct store_row *row);
/* Everything kept so far is wanted on disk; a ticket of 0 is told to nobody. */
void store_commit(struct store *store, uint64_t ticket);
/* The end of a turn of the loop: what was kept in it goes to the writer. */
void store_flush(struct store *store);

/* Can be read when there is something to tell: then store_tell(), which calls the events. */
int store_descriptor(const struct store *store);
void store_tell(struct store *store);

struct store_counts store_count(const struct store *store);

#endif
