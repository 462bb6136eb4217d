/* SPDX-License-Identifier: MIT */
/* fovctl: commands on the store, whether a server runs on it or not. What the line said, and what the commands share:
 * one file for each noun. */
#ifndef FOV_RUNTIME_CONTROL_CONTROL_H
#define FOV_RUNTIME_CONTROL_CONTROL_H

#include "grammar/arena.h"
#include "runtime/net/store_sqlite.h"

#include <stdio.h>

/* Of sysexits.h, where they are not 0, 1 and 2. */
enum control_exit {
    CONTROL_FINE = 0,
    CONTROL_WRONG = 1, /* what was named is not there, or is there already; what was given is no good */
    CONTROL_USAGE = 2,
    CONTROL_READ = 66,  /* cannot read */
    CONTROL_BUG = 70,   /* our fault, or no memory */
    CONTROL_WRITE = 74, /* cannot write */
};

enum control_option {
#define NOUN(...)
#define COMMAND(...)
#define OPTION(ID, ...) CONTROL_OPTION_##ID,
#include "grammar/control.def"
    CONTROL_OPTIONS
};

enum { CONTROL_WORDS = 2 }; /* at most, behind noun and verb */

struct control {
    const char *values[CONTROL_OPTIONS]; /* NULL: not given; "" where an option has no value */
    const char *words[CONTROL_WORDS];    /* NULL: not given */
    struct arena arena;                  /* whatever the command needs until it ends */
    struct store_sqlite *store;          /* opened by control_open() */
};

/* Prints "fovctl: message", answers the code. */
int control_fail(enum control_exit code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* About an error of store_sqlite.h. */
int control_fail_store(const struct control *control, enum control_exit code, int error);
int control_no_memory(void);

/* Opens the store. 0, or an exit code: a message was printed. */
int control_open(struct control *control, enum store_side side);
/* Runs `change` in one transaction, which happens when it answers CONTROL_FINE, and not at all otherwise. Opens the
 * store. */
int control_change(struct control *control, int (*change)(struct control *control, void *context), void *context);
/* The row with this kind and key; `gone` when there is none. 0 or an exit code. */
int control_find(struct control *control, struct store_row *row);
/* Within control_change(). 0 or an exit code. */
int control_put(struct control *control, const struct store_row *row);

/* Commands answer an exit code. */
#define NOUN(...)
#define COMMAND(ID, ...) int control_##ID(struct control *control);
#define OPTION(...)
#include "grammar/control.def"

#endif
