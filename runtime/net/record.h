/* SPDX-License-Identifier: MIT */
/* The file of call records (--cdr): appended to, one line of JSON for each call. */
#ifndef FOV_RUNTIME_NET_RECORD_H
#define FOV_RUNTIME_NET_RECORD_H

#include "runtime/net/log.h"

struct record {
    const char *path; /* the caller's; NULL: no records are kept */
    int fd;
    bool failing; /* the trouble was told, and lasts */
    bool torn;    /* the last line was not written whole */
    struct log *log;
};

/* 0 or -errno. `path` may be NULL. */
int record_open(struct record *record, const char *path, struct log *log);
void record_close(struct record *record);
/* One write for each line, so that readers of the growing file see whole ones. What cannot be
 * written is lost; the log says so when it begins and when it ends. */
void record_line(struct record *record, struct slice line);
/* The file may have been renamed: go on in a new one of that name. */
void record_reopen(struct record *record);

#endif
