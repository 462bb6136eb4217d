/* SPDX-License-Identifier: MIT */
/* The state of one parse of a pattern, shared by the files that read its parts: syntax.c
 * (alternatives, pieces, repeats), group.c (what a parenthesis opens), escape.c (what a backslash
 * means) and class.c. Nobody else's business. */
#ifndef FOV_RUNTIME_REGEX_PARSER_H
#define FOV_RUNTIME_REGEX_PARSER_H

#include "runtime/regex/syntax.h"
#include "runtime/regex/tree.h"

struct rx_parser {
    struct arena *arena;
    const struct rx_input *input;
    struct slice text;
    size_t at;             /* the next byte to read */
    bool caseless;         /* (?i) is on */
    unsigned depth, looks; /* parentheses and look-aheads around the place */
    unsigned groups;
    struct tree_name *names;
    bool no_memory;
    bool stopped; /* too broken to go on */
    struct rx_problem *problems;
    unsigned max, count;
};

/* The byte `ahead` of the next one, -1 behind the end. */
int parser_peek(const struct rx_parser *parser, size_t ahead);
bool parser_at(const struct rx_parser *parser, const char *text);
/* Moves over `text` when it stands here. */
bool parser_take(struct rx_parser *parser, const char *text);
/* The text between two places in quotes, for a message: long ones are cut. */
const char *parser_quote(struct rx_parser *parser, size_t from, size_t to);
/* Notes a problem with the text between two places; it is told in the arena. help: NULL for none.
 */
void parser_report(struct rx_parser *parser, enum diag_code code, size_t from, size_t to, const char *help,
                   const char *format, ...) __attribute__((format(printf, 6, 7)));
/* A node, or NULL with no_memory set. */
struct tree_node *parser_leaf(struct rx_parser *parser, enum tree_kind kind);
struct tree_node *parser_parent(struct rx_parser *parser, enum tree_kind kind, struct tree_node *child);
struct tree_node *parser_set(struct rx_parser *parser, const struct image_set *set);

/* Alternatives up to the end or a ')' that opens nothing here. NULL: no_memory. */
struct tree_node *syntax_alternation(struct rx_parser *parser);

/* At a '('. NULL: what stood there matches nothing of its own, such as (?i), or no_memory. */
struct tree_node *group_parse(struct rx_parser *parser);
/* At a '[': a node that takes one byte. */
struct tree_node *class_parse(struct rx_parser *parser);

enum escape_kind {
    ESCAPE_BYTE,
    ESCAPE_SET,
    ESCAPE_ASSERTION,
    ESCAPE_BROKEN, /* reported */
};

struct escape {
    enum escape_kind kind;
    unsigned char byte;
    struct image_set set;
    enum tree_kind assertion;
    bool negated; /* assertion */
};

/* At a '\'. */
struct escape escape_parse(struct rx_parser *parser, bool in_class);

#endif
