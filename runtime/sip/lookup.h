/* SPDX-License-Identifier: MIT */
/* A hash table of nodes that live in their owners. It grows by one bucket at a time (linear hashing), so that no
 * operation ever pauses to move the rest, and adding cannot fail: without memory chains get longer. Hashes come from
 * hash_keyed() when a peer can choose what is hashed; keys are the owner's business. */
#ifndef FOV_RUNTIME_SIP_LOOKUP_H
#define FOV_RUNTIME_SIP_LOOKUP_H

#include <stdint.h>

enum { LOOKUP_SEGMENT = 256 }; /* buckets that are allocated together */

struct lookup_node {
    struct lookup_node *next, **link; /* `link` is what points here; NULL: in no table */
    uint64_t hash;
};

struct lookup {
    struct lookup_node ***segments;
    uint32_t room;    /* segments that fit */
    uint32_t buckets; /* in use */
    uint32_t base;    /* largest power of two of them */
    uint32_t count;   /* nodes */
};

int lookup_init(struct lookup *lookup); /* 0, -ENOMEM */
/* Gives every node to `end` (NULL: forgets them), which may free its owner. */
void lookup_free(struct lookup *lookup, void (*end)(struct lookup_node *node));
void lookup_add(struct lookup *lookup, struct lookup_node *node, uint64_t hash);
void lookup_remove(struct lookup *lookup, struct lookup_node *node); /* one that is in no table, too */
/* The nodes with that hash, newest first; NULL: no more. */
struct lookup_node *lookup_first(const struct lookup *lookup, uint64_t hash);
struct lookup_node *lookup_next(const struct lookup_node *node);

#endif
