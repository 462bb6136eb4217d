/* SPDX-License-Identifier: MIT */
#include "runtime/net/writer.h"

#include "runtime/net/loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    POLL = 250,            /* ms between two looks for what others have written */
    RETRY = 1000,          /* ms between two attempts at a disk that does not work */
    PATIENCE = 2000,       /* ms for others' transactions to end */
    HASTE = 100,           /* ms, when that was too short before: batches are waiting for their tickets */
    LAST_WORDS = 5000,     /* ms that the rest gets at the end */
    NEWS_MOST = 1000,      /* rows in one report */
    HELD_MOST = 128 << 20, /* bytes of batches that wait */
};

struct list {
    struct batch *first, **end;
};

struct writer {
    struct store_sqlite *database;
    pthread_t thread;
    int bell; /* eventfd */

    pthread_mutex_t lock;
    pthread_cond_t wake;
    /* Under the lock. */
    struct list queue, returned;
    struct tickets *tickets, **tickets_end;
    struct writer_report report; /* but for its lists */
    struct batch *news;
    size_t held; /* bytes in the queue and in the backlog */
    bool ending;

    /* The thread's own. */
    bool more;                        /* news than fitted in the last report */
    struct list backlog;              /* could not be written */
    size_t backlog_size, newest_size; /* bytes; of it after it was reduced last */
    int trouble;
    uint64_t taken;                   /* number of the last batch that was written, or is in the backlog */
    uint64_t polled, tried, deadline; /* monotonic ms */
};

static void list_init(struct list *list) {
    list->first = NULL;
    list->end = &list->first;
}

static void list_add(struct list *list, struct batch *batch) {
    batch->next = NULL;
    *list->end = batch;
    list->end = &batch->next;
}

static struct batch *list_take(struct list *list) {
    struct batch *first = list->first;
    list_init(list);
    return first;
}

/* Reports. All with the lock held. */

static void ring(struct writer *writer) {
    uint64_t one = 1;
    ssize_t rung = write(writer->bell, &one, sizeof one);
    (void)rung; /* it cannot be full */
}

static void report_tickets(struct writer *writer, struct batch *batch) {
    if (!batch->tickets || batch->tickets->count == 0)
        return;
    *writer->tickets_end = batch->tickets;
    writer->tickets_end = &batch->tickets->next;
    batch->tickets = NULL;
}

static void report_batches(struct writer *writer, struct batch *first) {
    for (struct batch *batch = first, *next; batch; batch = next) {
        next = batch->next;
        report_tickets(writer, batch);
        list_add(&writer->returned, batch);
    }
}

/* Writing. */

struct written {
    uint64_t written, unfit;
    size_t size;
};

static int put_batch(struct writer *writer, const struct batch *batch, struct written *written) {
    for (unsigned i = 0; i < batch->count; i++) {
        int result = store_sqlite_put(writer->database, &batch->rows[i]);
        if (result && result != -EINVAL)
            return result;
        written->written += result == 0;
        written->unfit += result != 0;
    }
    written->size += batch_size(batch);
    return 0;
}

/* All of them in one transaction. */
static int put_all(struct writer *writer, const struct batch *first, struct written *written) {
    *written = (struct written){0};
    int result = store_sqlite_begin(writer->database, writer->trouble ? HASTE : PATIENCE);
    for (const struct batch *batch = first; batch && !result; batch = batch->next)
        result = put_batch(writer, batch, written);
    if (!result)
        result = store_sqlite_commit(writer->database);
    if (result)
        store_sqlite_rollback(writer->database);
    return result;
}

static void set_trouble(struct writer *writer, int trouble) {
    writer->trouble = writer->report.trouble = trouble;
    writer->tried = loop_now();
}

/* Of the backlog only the newest row of each key is of use; it is reduced whenever it has doubled. */
static void reduce_backlog(struct writer *writer) {
    if (writer->backlog_size < 2 * writer->newest_size || writer->backlog_size < HELD_MOST / 16)
        return;
    struct batch *newest = batch_newest(writer->backlog.first), *old = writer->backlog.first;
    if (!newest)
        return;
    size_t size = batch_size(newest);
    pthread_mutex_lock(&writer->lock);
    report_batches(writer, old);
    writer->held -= writer->backlog_size - size;
    ring(writer);
    pthread_mutex_unlock(&writer->lock);
    list_init(&writer->backlog);
    list_add(&writer->backlog, newest);
    writer->backlog_size = writer->newest_size = size;
}

/* Nobody is to wait for a disk that does not work. */
static void hold(struct writer *writer, struct batch *first) {
    pthread_mutex_lock(&writer->lock);
    for (struct batch *batch = first, *next; batch; batch = next) {
        next = batch->next;
        report_tickets(writer, batch);
        writer->backlog_size += batch_size(batch);
        list_add(&writer->backlog, batch);
    }
    ring(writer);
    pthread_mutex_unlock(&writer->lock);
    reduce_backlog(writer);
}

static void finish(struct writer *writer, struct batch *first, const struct written *written) {
    pthread_mutex_lock(&writer->lock);
    writer->report.written += written->written;
    writer->report.unfit += written->unfit;
    writer->held -= written->size;
    set_trouble(writer, 0);
    report_batches(writer, first);
    ring(writer);
    pthread_mutex_unlock(&writer->lock);
}

static void write_batches(struct writer *writer, struct batch *first) {
    struct written written;
    int result = put_all(writer, first, &written);
    if (!result) {
        finish(writer, first, &written);
        return;
    }
    pthread_mutex_lock(&writer->lock);
    set_trouble(writer, result);
    pthread_mutex_unlock(&writer->lock);
    hold(writer, first);
}

static void write_backlog(struct writer *writer) {
    struct written written;
    int result = put_all(writer, writer->backlog.first, &written);
    if (!result) {
        finish(writer, list_take(&writer->backlog), &written);
        writer->backlog_size = writer->newest_size = 0;
        return;
    }
    pthread_mutex_lock(&writer->lock);
    set_trouble(writer, result);
    pthread_mutex_unlock(&writer->lock);
}

/* News. */

static int gather(void *context, const struct store_row *row) {
    return batch_add(context, row) ? 0 : -ENOMEM;
}

/* An error shows at the next write, if it lasts; the news wait until then. */
static void look_for_news(struct writer *writer) {
    bool missed = false;
    struct batch *news = batch_new();
    writer->polled = loop_now();
    if (!news)
        return;
    if (store_sqlite_news(writer->database, NEWS_MOST, gather, news, &writer->more, &missed) != 0)
        writer->more = false;
    if (news->count == 0 && !missed) {
        batch_free(news);
        return;
    }
    pthread_mutex_lock(&writer->lock);
    writer->news = news;
    writer->report.read = writer->taken;
    writer->report.missed = writer->report.missed || missed;
    ring(writer);
    pthread_mutex_unlock(&writer->lock);
}

/* The thread. */

/* When to look for news; not while there are some that nobody has taken, or rows of ours that are not written. The lock
 * is held. */
static uint64_t poll_due(const struct writer *writer) {
    return writer->news || writer->trouble ? UINT64_MAX : writer->more ? 0 : writer->polled + POLL;
}

static uint64_t retry_due(const struct writer *writer) {
    return writer->trouble ? writer->tried + RETRY : UINT64_MAX;
}

static void wait_until(struct writer *writer, uint64_t when) {
    uint64_t most = loop_now() + RETRY;
    if (when > most)
        when = most;
    struct timespec time = {.tv_sec = (time_t)(when / 1000), .tv_nsec = (long)(when % 1000) * 1000000};
    pthread_cond_timedwait(&writer->wake, &writer->lock, &time);
}

static bool is_due(const struct writer *writer) {
    uint64_t now = loop_now();
    return writer->queue.first || writer->ending || now >= poll_due(writer) || now >= retry_due(writer);
}

struct work {
    struct batch *batches; /* to write */
    bool poll;             /* look for news */
    bool ending;           /* nothing more will come */
};

/* Waits until there is something to do. */
static struct work next_work(struct writer *writer) {
    pthread_mutex_lock(&writer->lock);
    while (!is_due(writer)) {
        uint64_t poll = poll_due(writer), retry = retry_due(writer);
        wait_until(writer, poll < retry ? poll : retry);
    }
    struct work work = {.batches = list_take(&writer->queue), .ending = writer->ending};
    work.poll = !work.ending && loop_now() >= poll_due(writer);
    pthread_mutex_unlock(&writer->lock);
    for (const struct batch *batch = work.batches; batch; batch = batch->next)
        writer->taken = batch->number;
    return work;
}

/* The end has come: false when there is nothing left to do, or no time for it. */
static bool goes_on(struct writer *writer) {
    if (!writer->backlog.first)
        return false;
    if (!writer->deadline)
        writer->deadline = loop_now() + LAST_WORDS;
    if (loop_now() >= writer->deadline)
        return false;
    pthread_mutex_lock(&writer->lock);
    wait_until(writer, loop_now() + POLL);
    pthread_mutex_unlock(&writer->lock);
    return true;
}

/* What others have written is read when everything of ours is written, so that the newer of both wins. */
static void *run(void *context) {
    struct writer *writer = context;
    struct work work;
    do {
        work = next_work(writer);
        if (work.batches && writer->trouble)
            hold(writer, work.batches);
        else if (work.batches)
            write_batches(writer, work.batches);
        if (writer->trouble && (work.ending || loop_now() >= retry_due(writer)))
            write_backlog(writer);
        if (work.poll && !writer->trouble)
            look_for_news(writer);
    } while (!work.ending || goes_on(writer));
    return NULL;
}

/* Outside of the thread. */

/* Signals are for the loop. */
static int start(struct writer *writer) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&writer->thread, NULL, run, writer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

static void free_writer(struct writer *writer) {
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->lock);
    close(writer->bell);
    free(writer);
}

int writer_open(struct writer **writer, struct store_sqlite *database) {
    struct writer *made = calloc(1, sizeof *made);
    pthread_condattr_t monotonic;
    if (!made)
        return -ENOMEM;
    made->database = database;
    made->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int result = made->bell < 0 ? -errno : 0;
    list_init(&made->queue);
    list_init(&made->returned);
    list_init(&made->backlog);
    made->tickets_end = &made->tickets;
    pthread_mutex_init(&made->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&made->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!result)
        result = start(made);
    if (result)
        free_writer(made);
    *writer = result ? NULL : made;
    return result;
}

int writer_descriptor(const struct writer *writer) {
    return writer->bell;
}

bool writer_send(struct writer *writer, struct batch *batch) {
    size_t size = batch_size(batch);
    pthread_mutex_lock(&writer->lock);
    bool room = writer->held + size <= HELD_MOST;
    if (room) {
        list_add(&writer->queue, batch);
        writer->held += size;
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->lock);
    return room;
}

void writer_take(struct writer *writer, struct writer_report *report) {
    uint64_t rung;
    ssize_t got = read(writer->bell, &rung, sizeof rung);
    (void)got; /* nothing to read: then the report is empty */
    pthread_mutex_lock(&writer->lock);
    *report = writer->report;
    report->news = writer->news;
    report->tickets = writer->tickets;
    report->returned = list_take(&writer->returned);
    writer->report.missed = false;
    writer->news = NULL;
    writer->tickets = NULL;
    writer->tickets_end = &writer->tickets;
    if (report->news) /* there may be more */
        pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
}

void writer_close(struct writer *writer, struct writer_report *report) {
    pthread_mutex_lock(&writer->lock);
    writer->ending = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    for (struct batch *batch = writer->backlog.first, *next; batch; batch = next) {
        next = batch->next;
        writer->report.dropped += batch->count;
        list_add(&writer->returned, batch);
    }
    writer_take(writer, report);
    free_writer(writer);
}
