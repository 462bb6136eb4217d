/* SPDX-License-Identifier: MIT */
#include "runtime/net/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { QUARTER = 15 * 60 };

/* A name as the database has them ("Europe/Berlin", "Etc/GMT+5"), and a file of it: the C library
 * takes an unknown TZ for UTC without a word. */
static bool is_zone(const char *name) {
    char path[ZONE_NAME_MAX + 32];
    struct stat status;
    if (name[0] == '/' || name[0] == '.' || strstr(name, "..") ||
        name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/")] != '\0')
        return false;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* Seconds east of Greenwich at `when` in the zone that TZ names now. */
static int32_t offset_now(time_t when) {
    struct tm local;
    tzset();
    return localtime_r(&when, &local) ? (int32_t)local.tm_gmtoff : 0;
}

/* False: memory is out, nothing was asked. */
static bool offset_in(const char *name, time_t when, int32_t *seconds) {
    const char *set = getenv("TZ");
    char *before = set ? strdup(set) : NULL;
    if (set && !before)
        return false;
    bool fine = setenv("TZ", name, 1) == 0;
    if (fine)
        *seconds = offset_now(when);
    if (before)
        setenv("TZ", before, 1);
    else
        unsetenv("TZ");
    tzset();
    free(before);
    return fine;
}

static struct zone_offset *entry_of(struct zones *zones, const char *name) {
    for (unsigned i = 0; i < ZONE_CACHE; i++)
        if (zones->cache[i].used && strcmp(zones->cache[i].name, name) == 0)
            return &zones->cache[i];
    struct zone_offset *entry = &zones->cache[zones->next++ % ZONE_CACHE];
    *entry = (struct zone_offset){.quarter = INT64_MIN};
    snprintf(entry->name, sizeof entry->name, "%s", name);
    return entry;
}

static bool refresh(struct zone_offset *entry, int64_t quarter) {
    time_t when = (time_t)(quarter * QUARTER);
    entry->known = entry->name[0] == '\0' || is_zone(entry->name);
    if (entry->known && entry->name[0] == '\0')
        entry->seconds = offset_now(when);
    else if (entry->known && !offset_in(entry->name, when, &entry->seconds))
        return false;
    entry->quarter = quarter;
    return entry->used = true;
}

bool zone_time(struct zones *zones, struct slice name, int64_t unix_ms, struct local_time *time) {
    char text[ZONE_NAME_MAX];
    if (name.len >= sizeof text || (name.len && memchr(name.at, '\0', name.len)))
        return false;
    snprintf(text, sizeof text, "%.*s", SLICE_ARG(name));
    int64_t seconds = unix_ms / 1000 - (unix_ms % 1000 < 0), quarter = seconds / QUARTER - (seconds % QUARTER < 0);
    struct zone_offset *entry = entry_of(zones, text);
    if (entry->quarter != quarter && !refresh(entry, quarter))
        return false;
    if (!entry->known)
        return false;
    time_t shifted = (time_t)(seconds + entry->seconds);
    struct tm calendar;
    if (!gmtime_r(&shifted, &calendar))
        return false;
    *time = (struct local_time){
        .year = calendar.tm_year + 1900,
        .month = calendar.tm_mon + 1,
        .day = calendar.tm_mday,
        .hour = calendar.tm_hour,
        .minute = calendar.tm_min,
        .second = calendar.tm_sec,
        .weekday = calendar.tm_wday,
    };
    return true;
}
