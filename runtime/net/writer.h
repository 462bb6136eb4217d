/* SPDX-License-Identifier: MIT */
/* The thread that writes to the store, and the only file that knows threads. Batches go to it and come back when their
 * rows are written; while one transaction is under way the next one gathers. It also looks for what other programs have
 * written. It logs nothing and calls nobody: a descriptor says that there is a report. */
#ifndef FOV_RUNTIME_NET_WRITER_H
#define FOV_RUNTIME_NET_WRITER_H

#include "runtime/net/batch.h"
#include "runtime/net/store_sqlite.h"

struct writer;

/* What has happened since the last report. Lists go to whoever takes it. */
struct writer_report {
    struct batch *news; /* rows that others have written, as they were when our batches up to `read` had been */
    uint64_t read;
    struct tickets *tickets; /* of what is written, or will not be for now */
    struct batch *returned;  /* written: nobody looks into them any more */
    int trouble;             /* -errno: the disk does not work; 0: it does */
    bool missed;             /* some news were not told */
    uint64_t written, unfit,
        dropped; /* rows since the start: on disk; none that a store could keep; given up at the end */
};

/* Starts it; the database is its own until writer_close(). -errno: there is no thread or descriptor for it. */
int writer_open(struct writer **writer, struct store_sqlite *database);
/* Writes what it has (for 5 s at most), ends. What is left to report is in *report. */
void writer_close(struct writer *writer, struct writer_report *report);

int writer_descriptor(const struct writer *writer); /* can be read when there is a report */
/* The batch goes over to the writer. False: it has too many already, and did not take this one. */
bool writer_send(struct writer *writer, struct batch *batch);
void writer_take(struct writer *writer, struct writer_report *report);

#endif
