/* SPDX-License-Identifier: MIT */
#include "grammar/zone_name.h"

enum { NAME_MAX_LENGTH = 63, HOURS_MAX = 14 };

static const struct {
    const char *name, *zone;
} american[] = {
#define ZONE(NAME, DATABASE) {NAME, DATABASE},
#include "grammar/zones.def"
};

/* "+5", "-05:30", behind GMT or UTC. */
static bool read_offset(int *minutes, struct slice text) {
    if (text.len < 2 || (text.at[0] != '+' && text.at[0] != '-'))
        return false;
    size_t colon = slice_find(text, 1, ':');
    uint64_t hours, rest = 0;
    if (colon > 3 || !slice_number(slice_cut(text, 1, colon), HOURS_MAX, &hours))
        return false;
    if (colon < text.len && (text.len - colon != 3 || !slice_number(slice_from(text, colon + 1), 59, &rest)))
        return false;
    *minutes = (int)(hours * 60 + rest) * (text.at[0] == '-' ? -1 : 1);
    return true;
}

/* Parts of letters, digits, '-', '+' and '_' with '/' between: never a path out of the database. */
static bool is_database_name(struct slice text) {
    if (text.len == 0 || text.len > NAME_MAX_LENGTH || !byte_is_alpha((unsigned char)text.at[0]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool ends = i + 1 == text.len || text.at[i + 1] == '/';
        if (c == '/' ? ends : !byte_is_alnum((unsigned char)c) && c != '-' && c != '+' && c != '_')
            return false;
    }
    return true;
}

bool zone_name_parse(struct zone_name *zone, struct slice text) {
    *zone = (struct zone_name){.database = text};
    for (size_t i = 0; i < sizeof american / sizeof *american; i++) {
        if (slice_same(text, slice_of(american[i].name))) {
            zone->database = slice_of(american[i].zone);
            return true;
        }
    }
    if ((slice_starts_same(text, SLICE("GMT")) || slice_starts_same(text, SLICE("UTC"))) && text.len > 3) {
        zone->database = SLICE_NULL;
        return read_offset(&zone->minutes, slice_from(text, 3));
    }
    return is_database_name(text);
}
