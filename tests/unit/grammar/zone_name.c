/* SPDX-License-Identifier: MIT */
#include "grammar/zone_name.h"

#include <criterion/criterion.h>

Test(zone_name, american_names_have_summer_time_and_offsets_count_east_of_greenwich) {
    static const struct {
        const char *text, *database;
        int minutes;
    } cases[] = {
        {"PST", "America/Los_Angeles", 0},
        {"pdt", "America/Los_Angeles", 0},
        {"EST", "America/New_York", 0},
        {"HST", "Pacific/Honolulu", 0},
        {"Europe/Berlin", "Europe/Berlin", 0},
        {"America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires", 0},
        {"Etc/GMT+5", "Etc/GMT+5", 0},
        {"GMT", "GMT", 0},
        {"GMT-5", NULL, -300},
        {"gmt+5:30", NULL, 330},
        {"UTC+14", NULL, 840},
        {"GMT-03:30", NULL, -210},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zone_name zone;
        cr_assert(zone_name_parse(&zone, slice_of(cases[i].text)), "%s", cases[i].text);
        cr_assert(slice_equal(zone.database, slice_of(cases[i].database)), "%s", cases[i].text);
        cr_assert_eq(zone.minutes, cases[i].minutes, "%s", cases[i].text);
    }
}

Test(zone_name, what_is_no_name_of_a_zone_is_refused) {
    static const char *const cases[] = {
        "",          "GMT+15",  "GMT-5:60",       "GMT+5:3",        "GMT+", "GMT5", "../etc/passwd",
        "/etc/zone", "Europe/", "Europe//Berlin", "Europe/Ber lin", "5",    "A.B"};
    struct zone_name zone;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_not(zone_name_parse(&zone, slice_of(cases[i])), "%s", cases[i]);
}
