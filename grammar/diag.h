/* SPDX-License-Identifier: MIT */
/* What is said about a text that people wrote (a plan, a configuration): collected, sorted, printed
 * with the lines it speaks of. One cause, one diagnostic; notes point to the other place. */
#ifndef FOV_GRAMMAR_DIAG_H
#define FOV_GRAMMAR_DIAG_H

#include "grammar/source.h"

#include <stdio.h>

enum diag_code {
#define DIAG(ID, ...) DIAG_##ID,
#include "grammar/diags.def"
    DIAG_COUNT
};

enum diag_severity { DIAG_QUIET, DIAG_WARNING, DIAG_ERROR };

struct diag_row {
    const char *name;            /* stands in brackets behind the message */
    enum diag_severity severity; /* before any -W */
    const char *doc;
};
extern const struct diag_row diag_rows[DIAG_COUNT];

/* What -W options made of the table. */
struct diag_options {
    uint8_t severity[DIAG_COUNT]; /* enum diag_severity */
    bool all_errors;              /* -Werror */
};

void diag_options_init(struct diag_options *options);
/* The text behind -W: name, no-name, error, error=name. NULL, or why not, to be printed; it may
 * live in `buffer`. */
const char *diag_option(struct diag_options *options, const char *text, char *buffer, size_t size);

struct diag_note {
    struct span span;
    const char *message;
    struct diag_note *next;
};

struct diag {
    enum diag_code code;
    bool error;
    uint32_t number; /* in the order of reporting */
    struct span span;
    const char *message;
    const char *help; /* NULL: none */
    struct diag_note *notes, **last;
    struct diag *next;
};

enum {
    DIAG_PRINTED_MAX = 100, /* errors, and warnings too, that are printed */
    DIAG_KEPT_MAX = 10000,
};

struct diag_list {
    struct arena *arena;
    const struct diag_options *options;
    struct diag *first, **last;
    uint32_t count, errors;
    bool failed; /* out of memory: something was lost */
};

void diag_list_init(struct diag_list *list, struct arena *arena, const struct diag_options *options);
bool diag_wanted(const struct diag_list *list, enum diag_code code);
/* Style: lower case, no full stop, the user's own text in '...', what is wrong before what was
 * expected. NULL when nothing was kept: switched off, too many, out of memory; diag_note and
 * diag_help take that. */
struct diag *diag_report(struct diag_list *list, enum diag_code code, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_note(struct diag_list *list, struct diag *diag, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_help(struct diag_list *list, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Everything, sorted by place; the same thing said twice of one place is printed once. -ENOMEM,
 * else 0. */
int diag_print(const struct diag_list *list, FILE *out, bool colour);

#endif
