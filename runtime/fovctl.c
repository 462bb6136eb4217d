/* SPDX-License-Identifier: MIT */
/* fovctl: looks after the users, aliases, registrations and the block list of fovrun. */
#include "runtime/control/arguments.h"
#include "runtime/net/descriptors.h"

#include <errno.h>
#include <string.h>

/* Whatever was printed has to arrive. */
static int finish(int code) {
    if ((fflush(stdout) || ferror(stdout)) && code == CONTROL_FINE)
        return control_fail(CONTROL_WRITE, "cannot write: %s", strerror(errno));
    return code;
}

int main(int count, char **arguments) {
    struct control control = {.store = NULL};
    enum control_command command;
    int code = CONTROL_FINE;
    descriptors_hold_standard();
    arena_init(&control.arena, NULL, 0, 0);
    switch (arguments_read(&control, &command, count, arguments)) {
    case ARGUMENTS_RUN: code = command_rows[command].run(&control); break;
    case ARGUMENTS_HELP: help_print(stdout, command); break;
    case ARGUMENTS_VERSION: puts("fovctl " FOV_VERSION); break;
    case ARGUMENTS_WRONG: code = CONTROL_USAGE; break;
    }
    store_sqlite_close(control.store);
    arena_free(&control.arena);
    return finish(code);
}
