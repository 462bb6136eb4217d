/* SPDX-License-Identifier: MIT */
/* The values of options: one reader for each row of options.def, whether the value stands on the
 * command line or in the configuration file. */
#ifndef FOV_RUNTIME_NET_OPTION_VALUES_H
#define FOV_RUNTIME_NET_OPTION_VALUES_H

#include "runtime/net/options.h"

enum option_kind { OPTION_KIND_ONE, OPTION_KIND_SEVERAL, OPTION_KIND_LINE };

struct option_row {
    char letter;
    const char *name;
    enum option_kind kind;
    const char *argument, *fallback, *doc;
};
extern const struct option_row option_rows[OPTION_COUNT];

/* The row of that name (without --), or OPTION_COUNT. */
enum option option_named(struct slice name);
/* Did you mean; NULL: no name is near. */
const char *option_near(struct slice name);
/* Is the value the name of a file or directory? */
bool option_is_path(enum option option);

void option_store_fallbacks(struct options *options);
/* NULL, or what was expected instead. The value must outlive the options. */
const char *option_store(struct options *options, enum option option, const char *value);
/* What follows from what was given, and from what was not. */
void option_complete(struct options *options);

struct option_conflict {
    enum option option, other; /* the same: it is wrong by itself */
    const char *text;          /* goes on behind the name of `option` */
};
enum { OPTION_CONFLICTS_MAX = 8 };

/* What single values cannot show: how many conflicts. */
unsigned option_conflicts(const struct options *options, struct option_conflict conflicts[OPTION_CONFLICTS_MAX]);

#endif
