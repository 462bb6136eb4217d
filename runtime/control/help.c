/* SPDX-License-Identifier: MIT */
#include "runtime/control/arguments.h"

#include "grammar/wrap.h"

/* From the next line on. */
static void print_doc(FILE *out, const char *doc) {
    enum { COLUMN = 6 };
    wrap_print(out, doc, COLUMN);
    fputc('\n', out);
}

static void print_option(FILE *out, const struct control_option_row *row) {
    fputs("  ", out);
    if (row->letter)
        fprintf(out, "-%c, ", row->letter);
    fprintf(out, "--%s%s%s", row->name, row->argument[0] ? " " : "", row->argument);
    print_doc(out, row->doc);
}

/* Is it of this command? For `row` NULL: of no command, but for all? */
static bool belongs(const struct control_option_row *option, const struct command_row *row) {
    struct slice name = slice_of(option->name);
    if (row)
        return choice_named(row->options, name) >= 0;
    for (unsigned i = 0; i < CONTROL_COMMANDS; i++)
        if (choice_named(command_rows[i].options, name) >= 0)
            return false;
    return true;
}

static void print_options(FILE *out, const struct command_row *row) {
    for (unsigned i = 0; i < CONTROL_OPTIONS; i++)
        if (belongs(&control_option_rows[i], row))
            print_option(out, &control_option_rows[i]);
}

static void print_command(FILE *out, const struct command_row *row) {
    fprintf(out, "  %s%s%s%s%s", row->noun, row->verb[0] ? " " : "", row->verb, row->arguments[0] ? " " : "",
            row->arguments);
    for (unsigned i = 0; i < CONTROL_OPTIONS; i++) {
        const struct control_option_row *option = &control_option_rows[i];
        if (belongs(option, row))
            fprintf(out, " [--%s%s%s]", option->name, option->argument[0] ? " " : "", option->argument);
    }
    print_doc(out, row->doc);
}

void help_print(FILE *out, enum control_command command) {
    fputs("usage: fovctl [-s DIRECTORY] COMMAND ...\n\n", out);
    if (command == CONTROL_COMMANDS)
        fputs("Users, aliases, registrations and the block list of fovrun, whether it runs or not.\n\n", out);
    for (unsigned i = 0; i < CONTROL_COMMANDS; i++)
        if (command == CONTROL_COMMANDS || command == i)
            print_command(out, &command_rows[i]);
    fputs("\nOptions:\n", out);
    if (command == CONTROL_COMMANDS)
        for (unsigned i = 0; i < CONTROL_OPTIONS; i++)
            print_option(out, &control_option_rows[i]);
    else
        print_options(out, &command_rows[command]);
    if (command != CONTROL_COMMANDS)
        print_options(out, NULL);
    fputs("\nExit status: 0 fine, 1 not there or no good, 2 usage, 66 cannot read, 74 cannot\nwrite, 70 a bug of "
          "fovctl. See fovctl(8).\n",
          out);
}
