/* SPDX-License-Identifier: MIT */
/* The sub-commands of fovc, each in a file of its own, and what they share. Each gets what stands
 * behind its name and answers the exit code. */
#ifndef FOV_COMPILER_COMMAND_H
#define FOV_COMPILER_COMMAND_H

#include "compiler/compile.h"

/* Of sysexits.h, where they are not 0, 1 and 2. */
enum exit_code {
    EXIT_FINE = 0,
    EXIT_PLAN = 1, /* the plan has errors, the image is none */
    EXIT_USAGE = 2,
    EXIT_READ = 66,  /* cannot read */
    EXIT_BUG = 70,   /* our fault, or no memory */
    EXIT_WRITE = 74, /* cannot write */
};

int command_compile(int count, char **arguments);
int command_check(int count, char **arguments);
int command_dump(int count, char **arguments);

/* Prints "fovc: message" and how to get help; answers EXIT_USAGE. */
int command_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The command line of compile and check. */
struct command_line {
    struct compile_options options;
    const char *plan;   /* file, or "-" */
    const char *output; /* -o, NULL: not given */
    bool listing;       /* -S */
};

/* `writes`: -o and -S may be there. 0, or an exit code: a problem was printed. */
int command_read_line(struct command_line *line, bool writes, int count, char **arguments);
/* The image of the plan, from malloc; prints what there is to say. */
int command_image(const struct command_line *line, uint8_t **image, size_t *length);

/* Prints an image that was verified. */
int command_list(const uint8_t *image, size_t length);

#endif
