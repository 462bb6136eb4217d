/* SPDX-License-Identifier: MIT */
/* What fovrun is told: its command line and its configuration file, read into one struct by the rows
 * of options.def, and help printed from the same rows. Neither plan nor network are touched. */
#ifndef FOV_RUNTIME_NET_OPTIONS_H
#define FOV_RUNTIME_NET_OPTIONS_H

#include "grammar/arena.h"
#include "grammar/option.h"
#include "runtime/net/stream.h"
#include "runtime/net/tls.h"
#include "runtime/proxy/proxy.h"

#include <stdio.h>

struct options {
    struct arena arena; /* of the lists, and of what the file says */
    const char *config; /* NULL: none */
    bool check;
    const char *plan, *cdr, *state_dir;
    struct endpoint *listen;
    unsigned listen_count;
    bool listen_default; /* none was given: these are the usual ones */
    struct stream_limits limits;
    struct tls_settings tls;
    const char **certificates, **keys;
    unsigned key_count;
    struct endpoint *resolvers;
    unsigned resolver_count;
    struct upgrade_policy ws_origins;
    struct slice *origins;
    struct settings_reader reader;   /* of `settings` */
    struct proxy_settings settings;  /* without listeners and addresses, which the server finds */
    const char *texts[OPTION_COUNT]; /* values of those that may be given once, as written; NULL: not given */
    bool out_of_memory;
};

enum options_result {
    OPTIONS_RUN, /* or check */
    OPTIONS_HELP,
    OPTIONS_VERSION,
    OPTIONS_WRONG, /* all that is wrong was written to `errors` */
};

/* Texts point into `arguments`, which must outlive it. options_free() whatever the result. */
enum options_result options_read(struct options *options, int count, char **arguments, FILE *errors);
void options_free(struct options *options);
void options_help(FILE *out);

#endif
