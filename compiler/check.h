/* SPDX-License-Identifier: MIT */
/* What a plan means: every name is known, every value one that may stand there, every reference
 * leads somewhere. The checks write what they find into the tree, for emit.c; they stop at no
 * error. This header is for the checks among each other: each file takes one part of the language
 * (names, captures, patterns, terms, deploy lines ...). */
#ifndef FOV_COMPILER_CHECK_H
#define FOV_COMPILER_CHECK_H

#include "compiler/ast.h"
#include "compiler/memory.h"
#include "grammar/diag.h"

/* An &name that some condition of the plan reads. */
struct environment_name {
    struct slice name;
    struct environment_name *next;
};

enum { ENVIRONMENT_BUCKETS = 1024 };

/* Names of routes, of the whole plan (route.h). */
struct route_asked {
    struct span span;
    struct slice name;
};
struct route_names {
    struct route_asked *asked;
    struct slice *given;
    size_t asked_count, given_count;
    bool any; /* one is made of what requests bring */
};

struct check {
    struct memory *memory;
    struct diag_list *diags;
    struct plan *plan;
    struct rule *rule; /* in hand */
    bool session;      /* a rule above it starts one and goes on: settings may come later */
    struct environment_name *read[ENVIRONMENT_BUCKETS];
    struct route_names routes;
};

/* Reports everything that is wrong with the plan. */
void check_plan(struct plan *plan, struct memory *memory, struct diag_list *diags);

/* A use of a word that the vendor's language does not have (-Wextension). */
void check_extension(struct check *check, const struct term *term);
/* People end a line of code with a comment: here it is part of the value. */
void check_comment(struct check *check, const struct text *value);

#endif
