/* SPDX-License-Identifier: MIT */
/* fovrun: the SIP server. Reads its options, loads the plan's image, serves. Exit codes: 0 ended by a
 * signal, 1 cannot start, 2 usage. */
#include "runtime/net/descriptors.h"
#include "runtime/net/image_file.h"
#include "runtime/net/options.h"
#include "runtime/net/server.h"
#include "runtime/net/summary.h"

#include <stdio.h>

enum { EXIT_FINE = 0, EXIT_NO_START = 1, EXIT_USAGE = 2 };

static int serve(const struct options *options, const struct image *image) {
    char reason[512];
    struct server *server = server_open(options, image, reason, sizeof reason);
    if (server)
        server_run(server);
    else
        fprintf(stderr, "fovrun: %s\n", reason);
    server_close(server);
    return server ? EXIT_FINE : EXIT_NO_START;
}

static int check(const struct options *options, const struct image *image) {
    char reason[512];
    if (server_check(options, reason, sizeof reason) != 0) {
        fprintf(stderr, "fovrun: %s\n", reason);
        return EXIT_NO_START;
    }
    summary_print(stdout, options, image);
    return EXIT_FINE;
}

static int start(const struct options *options) {
    struct image_file plan;
    char reason[512];
    int code = EXIT_FINE;
    if (image_file_open(&plan, options->plan, reason, sizeof reason) != 0) {
        fprintf(stderr, "fovrun: %s: %s\n", options->plan, reason);
        return EXIT_NO_START;
    }
    summary_warn(stderr, options, &plan.image);
    if (summary_refuse(stderr, options, &plan.image))
        code = EXIT_NO_START;
    else if (options->check)
        code = check(options, &plan.image);
    else
        code = serve(options, &plan.image);
    image_file_close(&plan);
    return code;
}

int main(int count, char **arguments) {
    struct options options;
    int code = EXIT_FINE;
    descriptors_hold_standard();
    switch (options_read(&options, count, arguments, stderr)) {
    case OPTIONS_RUN: code = start(&options); break;
    case OPTIONS_HELP: options_help(stdout); break;
    case OPTIONS_VERSION: puts("fovrun " FOV_VERSION); break;
    case OPTIONS_WRONG: code = EXIT_USAGE; break;
    }
    options_free(&options);
    return code;
}
