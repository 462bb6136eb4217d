/* SPDX-License-Identifier: MIT */
/* The dialect of patterns (language.md section 3): text to tree. It reports every problem with its
 * place in the text; it emits nothing. */
#ifndef FOV_RUNTIME_REGEX_SYNTAX_H
#define FOV_RUNTIME_REGEX_SYNTAX_H

#include "grammar/arena.h"
#include "grammar/diag.h"

struct rx_tree;

enum rx_options {
    RX_INSERTS = 1, /* %n, %{n} and %{name} as a piece of their own insert a capture slot (quoted
                       conditions) */
};

struct rx_problem {
    enum diag_code code;
    uint32_t at, length; /* bytes of the pattern text */
    const char *message; /* in the house's style, no full stop */
    const char *help;    /* how to rewrite; NULL for none */
};

/* Answers the 1-based slot of a %n, %{n} or %{name} (what stands behind '%', braces included), or 0
 * with the problem's message set: that is DIAG_CAPTURE_SYNTAX for group 0, else
 * DIAG_CAPTURE_RANGE. The code holds slot - 1. */
typedef unsigned rx_insert(void *context, struct slice reference, const char **message);

struct rx_input {
    struct slice text;
    unsigned options;
    rx_insert *insert; /* for RX_INSERTS */
    void *context;
};

/* 0 and a tree; -EINVAL and one problem for each thing that is wrong, in order, no two at one place
 * (at most `max`, which is not 0; their number in *count); -ENOMEM. Tree and messages live in
 * `arena`, names of groups in the text. */
int rx_parse(struct rx_tree **tree, struct arena *arena, const struct rx_input *input, struct rx_problem *problems,
             unsigned max, unsigned *count);

/* Capturing groups, also of a text that does not parse: every '(' that would open one counts. */
unsigned rx_group_count(struct slice text);
/* Name of group n (1-based) or the null slice. */
struct slice rx_group_name(const struct rx_tree *tree, unsigned group);
unsigned rx_groups(const struct rx_tree *tree);

#endif
