/* SPDX-License-Identifier: MIT */
/* Time zones as plans name them (language.md 3.1, $timerange): to a name of the tz database, or to
 * a fixed offset. It reads no database: whether there is a zone of that name is the world's to say.
 */
#ifndef FOV_GRAMMAR_ZONE_NAME_H
#define FOV_GRAMMAR_ZONE_NAME_H

#include "grammar/slice.h"

struct zone_name {
    struct slice database; /* name in the tz database; null: a fixed offset */
    int minutes;           /* the offset, east of Greenwich */
};

/* "Europe/Berlin", "PST", "GMT-5" (5 hours behind UTC), "GMT+5:30". False: no zone has a name like
 * that. */
bool zone_name_parse(struct zone_name *zone, struct slice text);

#endif
