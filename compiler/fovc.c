/* SPDX-License-Identifier: MIT */
/* fovc: compiles, checks and lists dial plans. */
#include "compiler/command.h"

#include "grammar/near.h"

#include <string.h>

static const struct {
    const char *name;
    int (*run)(int count, char **arguments);
} commands[] = {
    {"compile", command_compile},
    {"check", command_check},
    {"dump", command_dump},
};

static const char help[] =
    "Usage: fovc compile [-o IMAGE] [-S] [-W...] PLAN   compile a dial plan (default: plan.bin)\n"
    "       fovc check [-W...] PLAN                     say what is wrong with it, write nothing\n"
    "       fovc dump IMAGE                             list an image\n"
    "       fovc --help | --version\n"
    "\n"
    "  -o IMAGE       write the image there; - is standard output\n"
    "  -S             print the listing instead; with -o, both\n"
    "  -WNAME         switch a warning on          -Wno-NAME      off\n"
    "  -Werror        warnings are errors          -Werror=NAME   this one\n"
    "\n"
    "A PLAN of - is standard input. Every message ends in its NAME in brackets; -Wextension, off "
    "by default,\n"
    "shows whatever the vendor's language does not have.\n"
    "Exit status: 0 fine, 1 the plan has errors, 2 usage, 66 cannot read, 74 cannot write, 70 a "
    "bug of fovc.\n";

static int print(const char *text) {
    fputs(text, stdout);
    return fflush(stdout) || ferror(stdout) ? EXIT_WRITE : EXIT_FINE;
}

static int unknown(const char *name) {
    struct near near;
    near_start(&near, slice_of(name));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        near_try(&near, commands[i].name);
    if (near.best)
        return command_usage("unknown command '%s'; did you mean '%s'?", name, near.best);
    return command_usage("unknown command '%s'", name);
}

int main(int count, char **arguments) {
    for (int i = 1; i < count && strcmp(arguments[i], "--") != 0; i++)
        if (strcmp(arguments[i], "--help") == 0 || strcmp(arguments[i], "-h") == 0)
            return print(help);
    if (count < 2)
        return command_usage("no command was given");
    if (strcmp(arguments[1], "--version") == 0)
        return print("fovc " FOV_VERSION "\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(arguments[1], commands[i].name) == 0)
            return commands[i].run(count - 2, arguments + 2);
    return unknown(arguments[1]);
}
