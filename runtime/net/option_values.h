/* SPDX-License-Identifier: MIT */
/* The values of options, whether they stand on the command line or in the configuration file: those of the proxy
 * (proxy/settings.h) and those that are the server's own. */
#ifndef FOV_RUNTIME_NET_OPTION_VALUES_H
#define FOV_RUNTIME_NET_OPTION_VALUES_H

#include "runtime/net/options.h"

/* Before anything else is stored. */
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
