/* SPDX-License-Identifier: MIT */
#include "runtime/net/zone.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *zone;
    int64_t unix_seconds;
    struct local_time expected;
} times[] = {
    /* 2026-07-01 12:00 UTC is a Wednesday; Berlin is two hours ahead in summer */
    {"Europe/Berlin", 1782907200, {2026, 7, 1, 14, 0, 0, 3}},
    {"UTC", 1782907200, {2026, 7, 1, 12, 0, 0, 3}},
    {"America/Los_Angeles", 1782907200, {2026, 7, 1, 5, 0, 0, 3}},
    {"Asia/Kolkata", 1782907200, {2026, 7, 1, 17, 30, 0, 3}},
    {"Etc/GMT+5", 1782907200, {2026, 7, 1, 7, 0, 0, 3}},
    /* Summer time begins in Berlin at 2026-03-29 01:00 UTC: 01:59:59, then 03:00:00 */
    {"Europe/Berlin", 1774745999, {2026, 3, 29, 1, 59, 59, 0}},
    {"Europe/Berlin", 1774746000, {2026, 3, 29, 3, 0, 0, 0}},
    /* and ends at 2026-10-25 01:00 UTC: 02:59:59, then 02:00:00 again */
    {"Europe/Berlin", 1792889999, {2026, 10, 25, 2, 59, 59, 0}},
    {"Europe/Berlin", 1792890000, {2026, 10, 25, 2, 0, 0, 0}},
    /* beyond what old files list one by one */
    {"America/New_York", 2540073600, {2050, 6, 28, 20, 0, 0, 2}},
    /* the very start, a leap day, and before 1970 */
    {"UTC", 0, {1970, 1, 1, 0, 0, 0, 4}},
    {"UTC", 1709164800, {2024, 2, 29, 0, 0, 0, 4}},
    {"UTC", -1, {1969, 12, 31, 23, 59, 59, 3}},
};

Test(zone, tells_calendar_time_in_zones_of_the_database) {
    static struct zones zones;
    for (unsigned round = 0; round < 2; round++) /* asked, then remembered */
        for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
            struct local_time time, *want = &(struct local_time){0};
            *want = times[i].expected;
            cr_assert(zone_time(&zones, slice_of(times[i].zone), times[i].unix_seconds * 1000, &time), "%s",
                      times[i].zone);
            cr_expect(time.year == want->year && time.month == want->month && time.day == want->day &&
                          time.hour == want->hour && time.minute == want->minute && time.second == want->second &&
                          time.weekday == want->weekday,
                      "row %zu: %04d-%02d-%02d %02d:%02d:%02d weekday %d", i, time.year, time.month, time.day,
                      time.hour, time.minute, time.second, time.weekday);
        }
}

Test(zone, knows_no_zone_that_the_database_does_not_have) {
    static struct zones zones;
    static const char *const unknown[] = {
        "Europe/Atlantis", "../../../etc/passwd",
        "/etc/passwd",     "Europe",
        "EST5EDT,M3",      ".",
        "zone\nname",      "a-name-that-is-much-longer-than-any-zone-of-the-database-could-be"};
    struct local_time time;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        cr_expect_not(zone_time(&zones, slice_of(unknown[i]), 1782907200000, &time), "%s", unknown[i]);
    cr_expect_not(zone_time(&zones, (struct slice){"UT\0C", 4}, 1782907200000, &time));
}

Test(zone, leaves_the_machines_own_zone_as_it_was) {
    static struct zones zones;
    struct local_time time;
    setenv("TZ", "Asia/Tokyo", 1);
    cr_assert(zone_time(&zones, SLICE("Europe/Berlin"), 1782907200000, &time));
    cr_assert(zone_time(&zones, SLICE(""), 1782907200000, &time));
    cr_expect_eq(time.hour, 21);
    cr_expect_str_eq(getenv("TZ"), "Asia/Tokyo");
}

Test(zone, remembers_more_zones_than_it_has_room_for) {
    static struct zones zones;
    struct local_time time;
    char name[32];
    for (unsigned round = 0; round < 2; round++)
        for (int i = -14; i <= 12; i++)
            for (unsigned slash = 0; slash < 3; slash++) { /* the file system takes them for one, the cache does not */
                snprintf(name, sizeof name, "Etc%.*sGMT%+d", (int)slash + 1, "///", i);
                cr_assert(zone_time(&zones, slice_of(name), 1782907200000, &time), "%s", name);
                cr_expect_eq(time.hour, (12 - i) % 24, "%s: %d", name, time.hour);
            }
}
