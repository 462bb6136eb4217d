/* SPDX-License-Identifier: MIT */
/* What the grammar's actions do: lines become conditions and deploy lines, sections make rules of
 * them. It knows the names of sections, and of nothing else in the language. */
#ifndef FOV_COMPILER_BUILD_H
#define FOV_COMPILER_BUILD_H

#include "compiler/ast.h"
#include "compiler/memory.h"
#include "grammar/diag.h"

enum build_at {
    AT_NOTHING, /* between rules */
    AT_RULE,    /* behind [Rule] */
    AT_MATCHING,
    AT_DEPLOY,
    AT_UNKNOWN, /* in a section whose name says nothing: its lines are skipped */
};

struct build {
    struct memory *memory;
    struct diag_list *diags;
    struct plan *plan;
    struct rule *rule; /* the one being read, NULL between rules */
    enum build_at at;
    bool preliminary;            /* the list in force */
    bool stray;                  /* lines outside of rules were reported here */
    struct condition *condition; /* what a quoted condition became */
    struct rule **names;         /* hash table of named rules; its size is a power of two */
    uint32_t name_count, name_room;
    /* [Include "path"] */
    void (*include)(struct build *build, const struct text *path);
};

enum { BUILD_LINES_MAX = 10000 }; /* of a rule: what looks through a rule's lines stays cheap */

/* A list of arguments while it grows. */
struct arguments {
    struct term *first, *last;
    unsigned count;
};

void build_section(struct build *build, struct text title, const struct text *argument, struct span span);
void build_separator(struct build *build);
/* value: NULL for a line without '='. */
void build_line(struct build *build, struct term *left, const struct text *value, struct span span);
/* A line that could not be read. */
void build_broken_line(struct build *build);
void build_quoted(struct build *build, bool negated, struct term *left, const struct text *value, struct span span);
/* The rule that is being read is complete: a text ends here. */
void build_end(struct build *build);

struct term *build_term(struct build *build, enum term_kind kind, struct text text, struct span span);
struct term *build_call(struct build *build, struct text name, struct arguments arguments, struct span span);
struct arguments build_argument(struct arguments before, struct term *argument);

#endif
