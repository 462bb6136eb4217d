/* SPDX-License-Identifier: MIT */
/* Calendar time in the zones of the machine's tz database. The database is the C library's business
 * (TZ, tzset); what it says is kept for a quarter of an hour of the clock asked about: zones change
 * their offset on those borders alone, so that a request reads no file. */
#ifndef FOV_RUNTIME_NET_ZONE_H
#define FOV_RUNTIME_NET_ZONE_H

#include "runtime/proxy/world.h"

enum { ZONE_NAME_MAX = 64, ZONE_CACHE = 64 };

struct zone_offset {
    char name[ZONE_NAME_MAX];
    int64_t quarter; /* number of the quarter of an hour since 1970 that `seconds` holds for */
    int32_t seconds; /* east of Greenwich */
    bool known;      /* there is such a zone */
    bool used;
};

struct zones {
    struct zone_offset cache[ZONE_CACHE];
    unsigned next; /* entry to give up when all are used */
};

/* world.h local_time. Changes TZ in the environment and back: one thread alone may ask. */
bool zone_time(struct zones *zones, struct slice name, int64_t unix_ms, struct local_time *time);

#endif
