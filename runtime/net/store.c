/* SPDX-License-Identifier: MIT */
#include "runtime/net/store.h"

#include "runtime/net/loop.h"
#include "runtime/net/writer.h"
#include "runtime/state/columns.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TELLING = 1000 }; /* ms between two lines about lost rows */

struct store {
    struct log *log;
    const struct store_events *events;
    struct store_sqlite *database; /* the writer's, while it runs */
    struct writer *writer;
    struct batch *open; /* of this turn */
    struct batch *sent, **sent_end;
    uint64_t sent_count;
    struct tickets spare;  /* of this turn, where there was no memory for a batch */
    struct batch *refused; /* of this turn: the writer has too many already */
    struct store_counts counts;
    uint64_t unfit, told_lost; /* rows that no store could keep; lost ones that the log knows of */
    uint64_t telling;          /* when it may be told of more */
    int trouble;               /* that it knows of */
};

int store_open(struct store **store, const char *directory, struct log *log, const struct store_events *events,
               char *reason, size_t size) {
    struct store *made = calloc(1, sizeof *made);
    *store = made;
    if (!made) {
        snprintf(reason, size, "out of memory");
        return -ENOMEM;
    }
    made->log = log;
    made->events = events;
    made->sent_end = &made->sent;
    int result = store_sqlite_open(&made->database, directory, STORE_SERVER, reason, size);
    if (result) {
        free(made);
        *store = NULL;
    }
    return result;
}

struct store_sqlite *store_database(struct store *store) {
    return store->database;
}

int store_start(struct store *store) {
    return writer_open(&store->writer, store->database);
}

int store_descriptor(const struct store *store) {
    return writer_descriptor(store->writer);
}

/* Handing over. */

/* The batch of this turn goes to the writer, or, when that has too many, to those whose rows are lost. */
static void send_open(struct store *store) {
    struct batch *batch = store->open;
    if (!batch)
        return;
    store->open = NULL;
    batch->number = store->sent_count + 1;
    batch->sent = NULL;
    if (writer_send(store->writer, batch)) {
        store->sent_count++;
        *store->sent_end = batch;
        store->sent_end = &batch->sent;
        return;
    }
    store->counts.lost += batch->count;
    batch->next = store->refused;
    store->refused = batch;
}

void store_keep(struct store *store, const struct store_row *row) {
    if (!store->open)
        store->open = batch_new();
    if (!store->open || !batch_add(store->open, row))
        store->counts.lost++;
}

/* A turn has fewer commits than `spare` has room for: a datagram makes one at most. */
void store_commit(struct store *store, uint64_t ticket) {
    if (ticket == 0)
        return;
    if (store->open && store->open->tickets->count == BATCH_TICKETS)
        send_open(store);
    if (!store->open)
        store->open = batch_new();
    struct tickets *tickets = store->open ? store->open->tickets : &store->spare;
    if (tickets->count < BATCH_TICKETS)
        tickets->list[tickets->count++] = ticket;
}

static void tell_tickets(struct store *store, const struct tickets *tickets) {
    for (unsigned i = 0; i < tickets->count; i++)
        store->events->kept(store->events->context, tickets->list[i]);
}

static void tell_lost(struct store *store) {
    if (store->counts.lost != store->told_lost && loop_now() >= store->telling) {
        log_printf(store->log, LOG_ERROR, "event=store-rows-lost rows=%" PRIu64, store->counts.lost - store->told_lost);
        store->told_lost = store->counts.lost;
        store->telling = loop_now() + TELLING;
    }
}

void store_flush(struct store *store) {
    send_open(store);
    while (store->refused) {
        struct batch *batch = store->refused;
        store->refused = batch->next;
        tell_tickets(store, batch->tickets);
        batch_free(batch);
    }
    tell_tickets(store, &store->spare);
    store->spare.count = 0;
    tell_lost(store);
}

/* Reports. */

/* Has a batch that was not written yet when the news were read something of its own about this row? Then that is newer
 * than the news. */
static bool is_outdated(const struct store *store, const struct store_row *row, uint64_t read) {
    for (const struct batch *batch = store->sent; batch; batch = batch->sent)
        for (unsigned i = 0; batch->number > read && i < batch->count; i++)
            if (columns_order(&batch->rows[i], row) == 0)
                return true;
    return false;
}

static void tell_news(struct store *store, struct batch *news, uint64_t read) {
    for (unsigned i = 0; news && i < news->count; i++)
        if (!is_outdated(store, &news->rows[i], read))
            store->events->changed(store->events->context, &news->rows[i]);
    batch_free(news);
}

static void forget_sent(struct store *store, const struct batch *batch) {
    struct batch **at = &store->sent;
    while (*at && *at != batch)
        at = &(*at)->sent;
    if (!*at)
        return;
    *at = batch->sent;
    if (!*at)
        store->sent_end = at;
}

static void free_returned(struct store *store, struct batch *batch) {
    while (batch) {
        struct batch *next = batch->next;
        forget_sent(store, batch);
        batch_free(batch);
        batch = next;
    }
}

static void tell_trouble(struct store *store, const struct writer_report *report) {
    char file[512];
    const char *name = log_value(slice_of(store_sqlite_file(store->database)), file, sizeof file);
    if (report->trouble && !store->trouble)
        log_printf(store->log, LOG_ERROR, "event=store-failing file=%s error=\"%s\"", name,
                   store_sqlite_reason(report->trouble));
    if (!report->trouble && store->trouble)
        log_printf(store->log, LOG_NOTICE, "event=store-working-again file=%s", name);
    store->trouble = report->trouble;
    if (report->missed)
        log_printf(store->log, LOG_WARNING, "event=store-changes-missed file=%s consequence=\"a restart shows them\"",
                   name);
}

static void count_rows(struct store *store, const struct writer_report *report) {
    store->counts.written = report->written;
    store->counts.lost += report->unfit - store->unfit;
    store->unfit = report->unfit;
}

static void tell_report(struct store *store, const struct writer_report *report) {
    tell_trouble(store, report);
    tell_news(store, report->news, report->read);
    for (struct tickets *tickets = report->tickets, *next; tickets; tickets = next) {
        next = tickets->next;
        tell_tickets(store, tickets);
        free(tickets);
    }
    free_returned(store, report->returned);
    count_rows(store, report);
    tell_lost(store);
}

void store_tell(struct store *store) {
    struct writer_report report;
    writer_take(store->writer, &report);
    tell_report(store, &report);
}

/* Nobody is told any more, but the log. */
static void take_last_report(struct store *store) {
    struct writer_report report;
    writer_close(store->writer, &report);
    store->writer = NULL;
    tell_trouble(store, &report);
    count_rows(store, &report);
    store->counts.lost += report.dropped;
    store->telling = 0;
    tell_lost(store);
    free_returned(store, report.returned);
    batch_free(report.news);
    for (struct tickets *tickets = report.tickets, *next; tickets; tickets = next) {
        next = tickets->next;
        free(tickets);
    }
}

void store_end(struct store *store) {
    if (!store->writer)
        return;
    send_open(store);
    take_last_report(store);
}

void store_close(struct store *store) {
    if (!store)
        return;
    store_end(store);
    while (store->refused) {
        struct batch *batch = store->refused;
        store->refused = batch->next;
        batch_free(batch);
    }
    batch_free(store->open);
    store_sqlite_close(store->database);
    free(store);
}

struct store_counts store_count(const struct store *store) {
    return store->counts;
}
