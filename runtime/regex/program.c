/* SPDX-License-Identifier: MIT */
#include "runtime/regex/program.h"

#include "grammar/codes.h"
#include "runtime/regex/tree.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

struct builder {
    struct image_rx *code;
    struct image_set *sets;
    uint32_t count, set_count;
};

static uint32_t emit(struct builder *builder, enum rxcode op, unsigned a, unsigned b) {
    builder->code[builder->count] = (struct image_rx){.op = (uint8_t)op, .a = (uint8_t)a, .b = (uint16_t)b};
    return builder->count++;
}

static void emit_to(struct builder *builder, enum rxcode op, uint32_t target) {
    builder->code[emit(builder, op, 0, 0)].c = target;
}

/* Lets the instruction go on at the next one to come. */
static void land(struct builder *builder, uint32_t instruction) {
    builder->code[instruction].c = builder->count;
}

static unsigned number_set(struct builder *builder, const struct image_set *set) {
    uint32_t index = 0;
    while (index < builder->set_count && memcmp(&builder->sets[index], set, sizeof *set) != 0)
        index++;
    if (index == builder->set_count)
        builder->sets[builder->set_count++] = *set;
    return index;
}

/* As many of a single node's bytes as there are, or as few.
 *
 *     RUN set */
static void emit_run(struct builder *builder, const struct tree_node *single, bool lazy) {
    struct image_set set = tree_single_set(single), rest = set;
    set_invert(&rest);
    if (!lazy && set_size(&rest) == 1)
        emit(builder, RX_RUN_UNTIL, set_lowest(&rest), 0);
    else
        emit(builder, lazy ? RX_RUN_LAZY : RX_RUN, 0, number_set(builder, &set));
}

static void emit_node(struct builder *builder, const struct tree_node *node);

/*     n times body, then for each time that may be left out      without an upper end:
 *     SPLIT end                                                   again: JOIN       or   again:
 * JOIN body                                                        SPLIT end              body end:
 * JOIN                                                   body                   SPLIT_LAZY again
 *                                                                 JUMP again
 *                                                                 end:
 * The lazy forms have the other kind of SPLIT. */
static void emit_repeat(struct builder *builder, const struct tree_node *node) {
    const struct tree_node *body = node->child;
    enum rxcode leave = node->option ? RX_SPLIT_LAZY : RX_SPLIT, again = node->option ? RX_SPLIT : RX_SPLIT_LAZY;
    bool open = node->max == TREE_UNBOUNDED, run = open && tree_is_single(body);
    if (body->size == 0)
        return;
    for (unsigned i = open && !run ? 1 : 0; i < node->min; i++)
        emit_node(builder, body);
    uint32_t start = builder->count;
    if (run) {
        emit_run(builder, body, node->option);
    } else if (open && node->min) {
        emit(builder, RX_JOIN, 0, 0);
        emit_node(builder, body);
        emit_to(builder, again, start);
    } else if (open) {
        emit(builder, RX_JOIN, 0, 0);
        emit(builder, leave, 0, 0);
        emit_node(builder, body);
        emit_to(builder, RX_JUMP, start);
        land(builder, start + 1);
    } else if (node->max > node->min) {
        for (unsigned i = node->min; i < node->max; i++) {
            emit(builder, leave, 0, 0);
            emit_node(builder, body);
        }
        for (unsigned i = node->min; i < node->max; i++)
            land(builder, start + (i - node->min) * (body->size + 1));
        emit(builder, RX_JOIN, 0, 0);
    }
}

/*     SPLIT second
 *     first
 *     JUMP end
 *     second: last
 *     end: JOIN */
static void emit_alternation(struct builder *builder, const struct tree_node *node) {
    uint32_t jumps = UINT32_MAX; /* a chain through the targets of the JUMPs */
    for (const struct tree_node *branch = node->child; branch; branch = branch->next) {
        if (!branch->next) {
            emit_node(builder, branch);
            break;
        }
        uint32_t split = emit(builder, RX_SPLIT, 0, 0);
        emit_node(builder, branch);
        emit_to(builder, RX_JUMP, jumps);
        jumps = builder->count - 1;
        land(builder, split);
    }
    while (jumps != UINT32_MAX) {
        uint32_t before = builder->code[jumps].c;
        land(builder, jumps);
        jumps = before;
    }
    emit(builder, RX_JOIN, 0, 0);
}

static void emit_node(struct builder *builder, const struct tree_node *node) {
    uint32_t start = builder->count;
    switch ((enum tree_kind)node->kind) {
    case TREE_EMPTY: break;
    case TREE_BYTE: emit(builder, node->option ? RX_BYTE_CASELESS : RX_BYTE, node->byte, 0); break;
    case TREE_ANY: emit(builder, RX_ANY, 0, 0); break;
    case TREE_SET: emit(builder, RX_SET, 0, number_set(builder, node->set)); break;
    case TREE_BEGIN: emit(builder, RX_BEGIN, 0, 0); break;
    case TREE_END: emit(builder, RX_END, 0, 0); break;
    case TREE_END_ONLY: emit(builder, RX_END_ONLY, 0, 0); break;
    case TREE_WORD_BOUNDARY: emit(builder, RX_WORD_BOUNDARY, node->option, 0); break;
    case TREE_INSERT: emit(builder, node->option ? RX_INSERT_CASELESS : RX_INSERT, 0, node->number); break;
    case TREE_GROUP:
        emit(builder, RX_SAVE, 0, 2u * node->number);
        emit_node(builder, node->child);
        emit(builder, RX_SAVE, 0, 2u * node->number + 1);
        break;
    case TREE_LOOK:
        emit(builder, RX_LOOK, node->option, 0);
        emit_node(builder, node->child);
        emit(builder, RX_LOOK_END, 0, 0);
        land(builder, start);
        break;
    case TREE_REPEAT: emit_repeat(builder, node); break;
    case TREE_SEQUENCE:
        for (const struct tree_node *child = node->child; child; child = child->next)
            emit_node(builder, child);
        break;
    case TREE_ALTERNATION: emit_alternation(builder, node); break;
    }
    assert(builder->count - start == node->size);
}

/* Nodes that may name a set. */
static uint32_t count_sets(const struct tree_node *node) {
    uint32_t count = node->kind == TREE_SET || node->kind == TREE_REPEAT;
    for (const struct tree_node *child = node->child; child; child = child->next)
        count += count_sets(child);
    return count;
}

/* A search skips places where the pattern cannot start. Code that begins with a byte or a set says
 * so itself; a set of nearly all bytes is not worth the look. */
static bool needs_peek(const struct tree_node *root, struct image_set *starts) {
    const struct tree_node *first = root;
    while (first->kind == TREE_SEQUENCE || (first->kind == TREE_REPEAT && first->min && first->child->size))
        first = first->child;
    *starts = (struct image_set){{0}};
    return !tree_is_single(first) && first->kind != TREE_BEGIN && root->size + 2 <= IMAGE_RX_MAX &&
           !tree_starts(root, starts) && set_size(starts) <= 192;
}

int rx_build(struct rx_program *program, struct arena *arena, const struct rx_tree *tree) {
    struct image_set starts;
    bool peek = needs_peek(tree->root, &starts);
    uint32_t size = peek + tree->root->size + 1, sets = peek + count_sets(tree->root);
    struct builder builder = {.code = arena_alloc(arena, size * sizeof *builder.code),
                              .sets = arena_alloc(arena, sets * sizeof *builder.sets)};
    if (!builder.code || !builder.sets)
        return -ENOMEM;
    if (peek)
        emit(&builder, RX_PEEK, 0, number_set(&builder, &starts));
    emit_node(&builder, tree->root);
    emit(&builder, RX_MATCH, 0, 0);
    *program = (struct rx_program){.code = builder.code,
                                   .sets = builder.sets,
                                   .count = builder.count,
                                   .set_count = builder.set_count,
                                   .groups = (uint16_t)tree->groups};
    return 0;
}
