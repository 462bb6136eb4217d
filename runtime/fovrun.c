/* SPDX-License-Identifier: MIT */
/* fovrun: the SIP server. Reads the command line, loads the plan's image, serves. Exit codes: 0
 * ended by a signal, 1 cannot start, 2 usage. */
#include "runtime/net/descriptors.h"
#include "runtime/net/image_file.h"
#include "runtime/net/options.h"
#include "runtime/net/server.h"

#include <stdio.h>

enum { EXIT_FINE = 0, EXIT_NO_START = 1, EXIT_USAGE = 2 };

static bool uses_failover(const struct image *image) {
    for (uint32_t pc = 0; pc < image->code_count; pc++)
        if (image->code[pc].op == OP_FAILOVER && image->code[pc].a == 0)
            return true;
    return false;
}

static int serve(const struct options *options) {
    struct image_file plan;
    char reason[512];
    if (image_file_open(&plan, options->plan, reason, sizeof reason) != 0) {
        fprintf(stderr, "fovrun: %s: %s\n", options->plan, reason);
        return EXIT_NO_START;
    }
    if (!options->failover && uses_failover(&plan.image))
        fputs("fovrun: warning: the plan uses failover, but --failover=off: only first attempts "
              "are made\n",
              stderr);
    struct server *server = server_open(options, &plan.image, reason, sizeof reason);
    if (server)
        server_run(server);
    else
        fprintf(stderr, "fovrun: %s\n", reason);
    server_close(server);
    image_file_close(&plan);
    return server ? EXIT_FINE : EXIT_NO_START;
}

int main(int count, char **arguments) {
    struct options options;
    char message[OPTIONS_MESSAGE];
    int code = EXIT_FINE;
    descriptors_hold_standard();
    switch (options_read(&options, count, arguments, message)) {
    case OPTIONS_RUN: code = serve(&options); break;
    case OPTIONS_HELP: options_help(stdout); break;
    case OPTIONS_VERSION: puts("fovrun " FOV_VERSION); break;
    case OPTIONS_WRONG:
        fprintf(stderr, "fovrun: %s (see fovrun --help)\n", message);
        code = EXIT_USAGE;
        break;
    }
    options_free(&options);
    return code;
}
