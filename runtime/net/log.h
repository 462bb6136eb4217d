/* SPDX-License-Identifier: MIT */
/* The log: one line of logfmt for each event, to a descriptor (standard error). Under journald,
 * which keeps time itself, a line begins with its priority; elsewhere with time and level. A reader
 * that does not read, or a full disk, loses lines and never holds up the server; how many is said
 * when there is room again. */
#ifndef FOV_RUNTIME_NET_LOG_H
#define FOV_RUNTIME_NET_LOG_H

#include "runtime/proxy/world.h"

struct log {
    int fd;
    bool journal, socket;
    bool torn;            /* the last line was not written whole */
    enum log_level level; /* what is below is not written */
    uint64_t lost;
};

enum { LOG_LINE_MAX = 4000 }; /* longer ones are cut: a write of up to PIPE_BUF does not block half way */

void log_open(struct log *log, int fd, enum log_level level);
/* `line` without line end. */
void log_line(struct log *log, enum log_level level, struct slice line);
void log_printf(struct log *log, enum log_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* A value in logfmt: as it is when it can be, else in quotes; control characters and what is not ASCII
 * as \xHH. Cut at the buffer's end. Returns buffer. */
const char *log_value(struct slice value, char *buffer, size_t size);

#endif
