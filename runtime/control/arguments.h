/* SPDX-License-Identifier: MIT */
/* The command line of fovctl: rows of control.def read into a struct control. It opens nothing, and judges the words
 * and not what they mean. */
#ifndef FOV_RUNTIME_CONTROL_ARGUMENTS_H
#define FOV_RUNTIME_CONTROL_ARGUMENTS_H

#include "runtime/control/control.h"

enum control_command {
#define NOUN(...)
#define COMMAND(ID, ...) CONTROL_##ID,
#define OPTION(...)
#include "grammar/control.def"
    CONTROL_COMMANDS
};

struct command_row {
    const char *noun, *verb, *arguments;
    unsigned least, most;
    const char *options, *doc;
    int (*run)(struct control *control);
};
extern const struct command_row command_rows[CONTROL_COMMANDS];

struct control_option_row {
    char letter;
    const char *name, *argument, *doc;
};
extern const struct control_option_row control_option_rows[CONTROL_OPTIONS];

enum arguments_result { ARGUMENTS_RUN, ARGUMENTS_HELP, ARGUMENTS_VERSION, ARGUMENTS_WRONG };

/* What stands on the line; texts point into it. For ARGUMENTS_HELP *command is what help is wanted about:
 * CONTROL_COMMANDS for all. ARGUMENTS_WRONG: a message was printed. */
enum arguments_result arguments_read(struct control *control, enum control_command *command, int count,
                                     char **arguments);

/* help.c: about one command, or all of them. */
void help_print(FILE *out, enum control_command command);

#endif
