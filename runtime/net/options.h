/* SPDX-License-Identifier: MIT */
/* The command line of fovrun: rows of options.def read into a struct, help printed from the same
 * rows. It opens nothing and judges nothing but the words. */
#ifndef FOV_RUNTIME_NET_OPTIONS_H
#define FOV_RUNTIME_NET_OPTIONS_H

#include "runtime/proxy/proxy.h"

#include <stdio.h>

struct options {
    const char *plan;
    struct endpoint *listen;
    unsigned listen_count;
    bool listen_default;     /* none was given: these are the usual two */
    struct slice advertise;  /* host, IPv6 in brackets; null: none */
    uint16_t advertise_port; /* 0: the listener's */
    struct slice *domains;
    unsigned domain_count;
    bool relay_all, failover, record_route;
    struct transaction_settings timers;
    uint32_t timer_c;
    enum log_level log_level;
    const char *cdr, *state_dir;
};

enum options_result {
    OPTIONS_RUN,
    OPTIONS_HELP,
    OPTIONS_VERSION,
    OPTIONS_WRONG, /* `message` says why */
};

enum { OPTIONS_MESSAGE = 256 };

/* Texts point into `arguments`. options_free() whatever the result. */
enum options_result options_read(struct options *options, int count, char **arguments, char message[OPTIONS_MESSAGE]);
void options_free(struct options *options);
void options_help(FILE *out);

#endif
