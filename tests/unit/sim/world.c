/* SPDX-License-Identifier: MIT */
#include "runtime/sim/world.h"

#include <criterion/criterion.h>

Test(world, has_a_calendar) {
    static const struct {
        int64_t unix_ms;
        const char *zone;
        struct local_time time;
    } table[] = {
        {0, "", {1970, 1, 1, 0, 0, 0, 4}},
        {951782399000, "UTC", {2000, 2, 28, 23, 59, 59, 1}},
        {951782400000, "UTC", {2000, 2, 29, 0, 0, 0, 2}},
        {951868800000, "GMT", {2000, 3, 1, 0, 0, 0, 3}},
        {1767225599999, "UTC", {2025, 12, 31, 23, 59, 59, 3}},
        {1767225600000, "UTC", {2026, 1, 1, 0, 0, 0, 4}},
        {1767225600000, "GMT-5", {2025, 12, 31, 19, 0, 0, 3}},
        {1767225600000, "gmt+5:30", {2026, 1, 1, 5, 30, 0, 4}},
        {1772963999000, "America/Los_Angeles", {2026, 3, 8, 1, 59, 59, 0}},
        {1772964000000, "America/Los_Angeles", {2026, 3, 8, 3, 0, 0, 0}},
        {1793512799000, "America/New_York", {2026, 11, 1, 1, 59, 59, 0}},
        {1793512800000, "America/New_York", {2026, 11, 1, 1, 0, 0, 0}},
        {1814702400000, "America/Chicago", {2027, 7, 4, 7, 0, 0, 0}},
        {1798765200000, "America/Denver", {2026, 12, 31, 18, 0, 0, 4}},
        {1774745999000, "Europe/Berlin", {2026, 3, 29, 1, 59, 59, 0}},
        {1774746000000, "Europe/Berlin", {2026, 3, 29, 3, 0, 0, 0}},
        {1792889999000, "Europe/Berlin", {2026, 10, 25, 2, 59, 59, 0}},
        {1792890000000, "Europe/Berlin", {2026, 10, 25, 2, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct local_time time;
        const struct local_time *want = &table[i].time;
        cr_assert(sim_local_time(slice_of(table[i].zone), table[i].unix_ms, &time));
        cr_expect(time.year == want->year && time.month == want->month && time.day == want->day &&
                      time.hour == want->hour && time.minute == want->minute && time.second == want->second &&
                      time.weekday == want->weekday,
                  "row %zu: %d-%d-%d %d:%d:%d day %d", i, time.year, time.month, time.day, time.hour, time.minute,
                  time.second, time.weekday);
    }
}

Test(world, reads_its_own_calendar_back) {
    for (int64_t day = 0; day < 366 * 140; day += 13) {
        struct local_time time;
        cr_assert(sim_local_time(SLICE("UTC"), day * 86400000, &time));
        cr_assert_eq(sim_unix_ms(time.year, time.month, time.day, 0, 0, 0), day * 86400000);
    }
}

Test(world, knows_no_other_zones) {
    static const char *const zones[] = {"Europe/Athens", "PST", "GMT5", "GMT+", "GMT+15", "GMT-1:60", "GMT-x"};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        struct local_time time;
        cr_expect_not(sim_local_time(slice_of(zones[i]), 0, &time), "%s", zones[i]);
    }
}
