/* SPDX-License-Identifier: MIT */
/* The configuration file of fovrun: options of the command line as `name = value` lines, with #
 * comments. Read by the front end of plans, so that its errors look like theirs. */
#ifndef FOV_RUNTIME_NET_CONFIG_H
#define FOV_RUNTIME_NET_CONFIG_H

#include "grammar/diag.h"
#include "runtime/net/option_values.h"

struct config {
    struct options *options;
    struct source source;
    struct diag_options warnings;
    struct diag_list diags;           /* what was said so far */
    struct span places[OPTION_COUNT]; /* the values of those that may be given once; source NULL: not in the file */
};

/* Reads the file `options->config` into the options. What is wrong with its lines is in `diags`, and
 * its errors counted there. -errno: the file cannot be read, -EFBIG when it is over 1 MiB. */
int config_read(struct config *config, struct options *options);
/* The same of a text that is there already; both must outlive the options. -ENOMEM. */
int config_parse(struct config *config, struct options *options, const char *name, struct slice text);
/* False: the file sets neither of the two. */
bool config_report(struct config *config, const struct option_conflict *conflict);

#endif
