/* SPDX-License-Identifier: MIT */
/* A pattern as a tree: what the parser builds and the compiler of patterns reads. Every node knows
 * how many instructions it becomes and whether it can match nothing, so that hostile repeats are
 * refused before anything is expanded. Nodes live in the arena of the parse. */
#ifndef FOV_RUNTIME_REGEX_TREE_H
#define FOV_RUNTIME_REGEX_TREE_H

#include "grammar/arena.h"
#include "grammar/image.h"

enum {
    TREE_UNBOUNDED = 0xffff,  /* max of a repeat without an upper end */
    TREE_REPEAT_MAX = 0xfffe, /* the highest count */
    TREE_DEPTH_MAX = 250,     /* parentheses in each other: bounds every recursion over a tree */
};

enum tree_kind {
    TREE_EMPTY,
    TREE_BYTE, /* option: caseless (then a lower-case letter) */
    TREE_ANY,
    TREE_SET,
    TREE_BEGIN,
    TREE_END,
    TREE_END_ONLY,
    TREE_WORD_BOUNDARY, /* option: negated */
    TREE_INSERT,        /* option: caseless; number: the slot, from 0 */
    TREE_GROUP,         /* number: the group, from 1; one child */
    TREE_LOOK,          /* option: negated; one child */
    TREE_REPEAT,        /* option: lazy; one child */
    TREE_SEQUENCE,      /* children in order */
    TREE_ALTERNATION,   /* children in order of preference */
};

struct tree_node {
    uint8_t kind; /* enum tree_kind */
    uint8_t byte;
    bool option, nullable;
    uint16_t number;
    uint16_t min, max;
    uint32_t size; /* in instructions, at most TREE_SIZE_MAX */
    struct tree_node *child, *next;
    const struct image_set *set;
};

enum { TREE_SIZE_MAX = 1 << 20 }; /* "too many": sizes stop counting here */

struct tree_name {
    unsigned group;
    struct slice name;
    struct tree_name *next;
};

struct rx_tree {
    struct tree_node *root;
    unsigned groups;
    struct tree_name *names;
};

/* A leaf with its size and nullable set; NULL: out of memory. */
struct tree_node *tree_leaf(struct arena *arena, enum tree_kind kind);
/* A node over `child` and its siblings. For a repeat the caller fills in min, max and option and
 * calls tree_measure. */
struct tree_node *tree_parent(struct arena *arena, enum tree_kind kind, struct tree_node *child);
/* Sets size and nullable from the children. */
void tree_measure(struct tree_node *node);

/* Does it match exactly one byte, whatever way it matches? */
bool tree_is_single(const struct tree_node *node);
/* The bytes that a single node takes. */
struct image_set tree_single_set(const struct tree_node *node);
/* Adds the bytes that a match of `node` can begin with; true when it can also match without any. */
bool tree_starts(const struct tree_node *node, struct image_set *starts);

bool set_has(const struct image_set *set, unsigned char byte);
void set_add(struct image_set *set, unsigned char byte);
void set_add_range(struct image_set *set, unsigned char first, unsigned char last);
void set_add_all(struct image_set *set, const struct image_set *other);
void set_invert(struct image_set *set);
unsigned set_size(const struct image_set *set);
/* The lowest byte of a set that is not empty. */
unsigned char set_lowest(const struct image_set *set);

#endif
