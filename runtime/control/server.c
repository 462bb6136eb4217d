/* SPDX-License-Identifier: MIT */
#include "runtime/control/server.h"

#include <errno.h>
#include <string.h>

int server_ask(struct control *control, const char *question, console_reader *reader, void *context) {
    const char *directory = control->values[CONTROL_OPTION_STATE_DIR];
    int error = console_ask(directory, question, reader, context);
    switch (error) {
    case 0: return CONTROL_FINE;
    case -ENOMEM: return control_no_memory();
    case -ENOENT:
    case -ENOTDIR:
    case -ECONNREFUSED: return control_fail(CONTROL_READ, "no server runs on %s", directory);
    case -EPROTO: return control_fail(CONTROL_READ, "the server on %s does not answer that", directory);
    default: return control_fail(CONTROL_READ, "cannot ask the server on %s: %s", directory, strerror(-error));
    }
}
