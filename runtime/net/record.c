/* SPDX-License-Identifier: MIT */
#include "runtime/net/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* O_NONBLOCK: a FIFO without a reader must not hold up the server. */
static int open_file(const char *path) {
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);
    return fd < 0 ? -errno : fd;
}

int record_open(struct record *record, const char *path, struct log *log) {
    *record = (struct record){.path = path, .fd = -1, .log = log};
    if (!path)
        return 0;
    int fd = open_file(path);
    if (fd < 0)
        return fd;
    record->fd = fd;
    return 0;
}

void record_close(struct record *record) {
    if (record->fd >= 0)
        close(record->fd);
    record->fd = -1;
}

static void tell(struct record *record, const char *what, int error) {
    char path[512];
    log_printf(record->log, LOG_ERROR, "event=%s file=%s error=\"%s\"", what,
               log_value(slice_of(record->path), path, sizeof path), strerror(error));
}

static void note(struct record *record, bool written, int error) {
    if (!written && !record->failing)
        tell(record, "records-lost", error);
    if (written && record->failing)
        log_printf(record->log, LOG_NOTICE, "event=records-written-again");
    record->failing = !written;
}

void record_line(struct record *record, struct slice line) {
    if (record->fd < 0)
        return;
    const struct iovec parts[] = {
        {.iov_base = "\n", .iov_len = record->torn ? 1 : 0},
        {.iov_base = (void *)(uintptr_t)line.at, .iov_len = line.len},
        {.iov_base = "\n", .iov_len = 1},
    };
    size_t whole = parts[0].iov_len + line.len + 1;
    ssize_t written;
    do
        written = writev(record->fd, parts, 3);
    while (written < 0 && errno == EINTR);
    int error = written < 0 ? errno : ENOSPC;
    if (written > 0)
        record->torn = (size_t)written < whole;
    note(record, written >= 0 && (size_t)written == whole, error);
}

void record_reopen(struct record *record) {
    if (!record->path)
        return;
    int fd = open_file(record->path);
    if (fd < 0) {
        tell(record, "records-not-reopened", -fd);
        return;
    }
    record_close(record);
    record->fd = fd;
    record->torn = false;
}
