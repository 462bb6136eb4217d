/* SPDX-License-Identifier: MIT */
#include "runtime/net/log.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name;
    int priority; /* RFC 5424 6.2.1 */
} levels[] = {
    [LOG_ERROR] = {"error", 3}, [LOG_WARNING] = {"warning", 4}, [LOG_NOTICE] = {"notice", 5},
    [LOG_INFO] = {"info", 6},   [LOG_DEBUG] = {"debug", 7},
};

/* systemd says in JOURNAL_STREAM which device and inode its journal is (systemd.exec(5)). */
static bool is_journal(const struct stat *status) {
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device, inode;
    return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 && device == (uintmax_t)status->st_dev &&
           inode == (uintmax_t)status->st_ino;
}

void log_open(struct log *log, int fd, enum log_level level) {
    struct stat status;
    *log = (struct log){.fd = fd, .level = level};
    if (fstat(fd, &status) == 0) {
        log->journal = is_journal(&status);
        log->socket = S_ISSOCK(status.st_mode);
    }
}

static size_t prefix(const struct log *log, enum log_level level, char *buffer, size_t size) {
    if (log->journal)
        return (size_t)snprintf(buffer, size, "<%d>", levels[level].priority);
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(buffer, size, "time=%Y-%m-%dT%H:%M:%S", &utc);
    return length + (size_t)snprintf(buffer + length, size - length, ".%03ldZ level=%s ", now.tv_nsec / 1000000,
                                     levels[level].name);
}

/* False: it was not written whole; there is no room now, or nobody who could read it. */
static bool put(struct log *log, const char *text, size_t length) {
    struct pollfd room = {.fd = log->fd, .events = POLLOUT};
    ssize_t written = -1;
    if (log->socket)
        written = send(log->fd, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    else if (poll(&room, 1, 0) != 0)
        written = write(log->fd, text, length);
    if (written > 0)
        log->torn = (size_t)written < length;
    return written == (ssize_t)length;
}

static void say_lost(struct log *log) {
    char text[128] = "\n";
    size_t length = log->torn ? 1 : 0;
    length += prefix(log, LOG_WARNING, text + length, sizeof text - length);
    length +=
        (size_t)snprintf(text + length, sizeof text - length, "event=log-lines-lost count=%" PRIu64 "\n", log->lost);
    if (put(log, text, length))
        log->lost = 0;
}

void log_line(struct log *log, enum log_level level, struct slice line) {
    char text[LOG_LINE_MAX + 80];
    if (level > log->level)
        return;
    if (log->lost)
        say_lost(log);
    size_t length = prefix(log, level, text, sizeof text), room = LOG_LINE_MAX - length;
    size_t take = line.len < room ? line.len : room;
    if (take)
        memcpy(text + length, line.at, take);
    length += take;
    text[length++] = '\n';
    if (log->lost || !put(log, text, length))
        log->lost++;
}

void log_printf(struct log *log, enum log_level level, const char *format, ...) {
    char text[LOG_LINE_MAX];
    va_list arguments;
    if (level > log->level)
        return;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0)
        log_line(log, level, (struct slice){text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1});
}

static bool is_plain(struct slice value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f)
            return false;
    }
    return value.len > 0;
}

const char *log_value(struct slice value, char *buffer, size_t size) {
    bool plain = is_plain(value);
    size_t at = 0;
    if (!plain)
        buffer[at++] = '"';
    for (size_t i = 0; i < value.len && at + 6 < size; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c == '"' || c == '\\')
            buffer[at++] = '\\';
        if (c < ' ' || c >= 0x7f)
            at += (size_t)snprintf(buffer + at, size - at, "\\x%02x", c);
        else
            buffer[at++] = (char)c;
    }
    if (!plain)
        buffer[at++] = '"';
    buffer[at] = '\0';
    return buffer;
}
