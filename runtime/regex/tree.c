/* SPDX-License-Identifier: MIT */
#include "runtime/regex/tree.h"

bool set_has(const struct image_set *set, unsigned char byte) {
    return set->bits[byte / 32] >> byte % 32 & 1;
}

void set_add(struct image_set *set, unsigned char byte) {
    set->bits[byte / 32] |= 1u << byte % 32;
}

void set_add_range(struct image_set *set, unsigned char first, unsigned char last) {
    for (unsigned byte = first; byte <= last; byte++)
        set_add(set, (unsigned char)byte);
}

void set_add_all(struct image_set *set, const struct image_set *other) {
    for (unsigned i = 0; i < 8; i++)
        set->bits[i] |= other->bits[i];
}

void set_invert(struct image_set *set) {
    for (unsigned i = 0; i < 8; i++)
        set->bits[i] = ~set->bits[i];
}

unsigned set_size(const struct image_set *set) {
    unsigned size = 0;
    for (unsigned i = 0; i < 8; i++)
        size += (unsigned)__builtin_popcount(set->bits[i]);
    return size;
}

unsigned char set_lowest(const struct image_set *set) {
    unsigned i = 0;
    while (set->bits[i] == 0)
        i++;
    return (unsigned char)(i * 32 + (unsigned)__builtin_ctz(set->bits[i]));
}

struct tree_node *tree_leaf(struct arena *arena, enum tree_kind kind) {
    return tree_parent(arena, kind, NULL);
}

struct tree_node *tree_parent(struct arena *arena, enum tree_kind kind, struct tree_node *child) {
    struct tree_node *node = arena_alloc(arena, sizeof *node);
    if (!node)
        return NULL;
    node->kind = (uint8_t)kind;
    node->child = child;
    tree_measure(node);
    return node;
}

bool tree_is_single(const struct tree_node *node) {
    return node->kind == TREE_BYTE || node->kind == TREE_ANY || node->kind == TREE_SET;
}

/* Must agree with program.c, which draws each form. */
static uint64_t repeat_size(const struct tree_node *node) {
    uint64_t size = node->child->size, min = node->min;
    if (size == 0)
        return 0;
    if (node->max != TREE_UNBOUNDED)
        return min * size + (node->max > node->min ? (node->max - min) * (size + 1) + 1 : 0);
    if (tree_is_single(node->child))
        return min + 1;
    return min ? min * size + 2 : size + 3;
}

void tree_measure(struct tree_node *node) {
    uint64_t size = 0;
    bool all = true, any = false;
    unsigned count = 0;
    for (const struct tree_node *child = node->child; child; child = child->next) {
        size += child->size;
        all = all && child->nullable;
        any = any || child->nullable;
        count++;
    }
    switch ((enum tree_kind)node->kind) {
    case TREE_EMPTY: break;
    case TREE_BYTE:
    case TREE_ANY:
    case TREE_SET: size = 1, all = false; break;
    case TREE_BEGIN:
    case TREE_END:
    case TREE_END_ONLY:
    case TREE_WORD_BOUNDARY:
    case TREE_INSERT: size = 1; break;
    case TREE_GROUP: size += 2; break;
    case TREE_LOOK: size += 2, all = true; break;
    case TREE_REPEAT:
        size = repeat_size(node);
        all = all || node->min == 0;
        break;
    case TREE_SEQUENCE: break;
    case TREE_ALTERNATION:
        size += 2 * (count - 1) + 1;
        all = any;
        break;
    }
    node->size = size < TREE_SIZE_MAX ? (uint32_t)size : TREE_SIZE_MAX;
    node->nullable = all;
}

struct image_set tree_single_set(const struct tree_node *node) {
    struct image_set set = {{0}};
    if (node->kind == TREE_SET)
        return *node->set;
    set_add(&set, node->kind == TREE_ANY ? '\n' : node->byte);
    if (node->kind == TREE_ANY)
        set_invert(&set);
    else if (node->option)
        set_add(&set, (unsigned char)byte_upper(node->byte));
    return set;
}

bool tree_starts(const struct tree_node *node, struct image_set *starts) {
    bool passes;
    switch ((enum tree_kind)node->kind) {
    case TREE_BYTE:
    case TREE_ANY:
    case TREE_SET: {
        struct image_set set = tree_single_set(node);
        set_add_all(starts, &set);
        return false;
    }
    case TREE_GROUP: return tree_starts(node->child, starts);
    case TREE_REPEAT: passes = node->max == 0 || tree_starts(node->child, starts); return passes || node->min == 0;
    case TREE_SEQUENCE:
        for (const struct tree_node *child = node->child; child; child = child->next)
            if (!tree_starts(child, starts))
                return false;
        return true;
    case TREE_ALTERNATION:
        passes = false;
        for (const struct tree_node *child = node->child; child; child = child->next)
            passes = tree_starts(child, starts) || passes;
        return passes;
    case TREE_INSERT: /* any text, or none */
        *starts = (struct image_set){{0}};
        set_invert(starts);
        return true;
    case TREE_EMPTY:
    case TREE_BEGIN:
    case TREE_END:
    case TREE_END_ONLY:
    case TREE_WORD_BOUNDARY:
    case TREE_LOOK: break;
    }
    return true;
}
