/* SPDX-License-Identifier: MIT */
#include "runtime/regex/parser.h"

#include <stdarg.h>
#include <string.h>

enum { QUOTE_MAX = 40 };

int parser_peek(const struct rx_parser *parser, size_t ahead) {
    size_t left = parser->text.len - parser->at;
    return ahead < left ? (unsigned char)parser->text.at[parser->at + ahead] : -1;
}

bool parser_at(const struct rx_parser *parser, const char *text) {
    return slice_starts(slice_from(parser->text, parser->at), slice_of(text));
}

bool parser_take(struct rx_parser *parser, const char *text) {
    if (!parser_at(parser, text))
        return false;
    parser->at += strlen(text);
    return true;
}

const char *parser_quote(struct rx_parser *parser, size_t from, size_t to) {
    struct slice text = slice_cut(parser->text, from, to);
    bool cut = text.len > QUOTE_MAX;
    if (cut) {
        text.len = QUOTE_MAX;
        while (text.len && ((unsigned char)text.at[text.len] & 0xc0) == 0x80) /* inside a UTF-8 letter */
            text.len--;
    }
    const char *quoted = arena_printf(parser->arena, "'%.*s%s'", SLICE_ARG(text), cut ? "..." : "");
    if (!quoted)
        parser->no_memory = true;
    return quoted ? quoted : "";
}

void parser_report(struct rx_parser *parser, enum diag_code code, size_t from, size_t to, const char *help,
                   const char *format, ...) {
    if (parser->stopped || parser->count == parser->max)
        return;
    for (unsigned i = 0; i < parser->count; i++) /* one cause: a construct left out, and not closed */
        if (parser->problems[i].at == from)
            return;
    char message[160];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct slice kept = arena_copy(parser->arena, slice_of(message));
    if (!kept.at) {
        parser->no_memory = true;
        return;
    }
    struct rx_problem problem = {
        .code = code, .at = (uint32_t)from, .length = (uint32_t)(to - from), .message = kept.at, .help = help};
    unsigned place = parser->count++;
    while (place && parser->problems[place - 1].at > problem.at) { /* kept in the order of the text */
        parser->problems[place] = parser->problems[place - 1];
        place--;
    }
    parser->problems[place] = problem;
}

struct tree_node *parser_leaf(struct rx_parser *parser, enum tree_kind kind) {
    struct tree_node *node = tree_leaf(parser->arena, kind);
    parser->no_memory = parser->no_memory || !node;
    return node;
}

struct tree_node *parser_parent(struct rx_parser *parser, enum tree_kind kind, struct tree_node *child) {
    struct tree_node *node = child ? tree_parent(parser->arena, kind, child) : NULL;
    parser->no_memory = parser->no_memory || !node;
    return node;
}

struct tree_node *parser_set(struct rx_parser *parser, const struct image_set *set) {
    unsigned size = set_size(set);
    struct tree_node *node = parser_leaf(parser, size == 1 ? TREE_BYTE : TREE_SET);
    if (!node)
        return NULL;
    if (size == 1) {
        node->byte = set_lowest(set);
        return node;
    }
    struct image_set *copy = arena_alloc(parser->arena, sizeof *copy);
    if (!copy) {
        parser->no_memory = true;
        return NULL;
    }
    *copy = *set;
    node->set = copy;
    return node;
}
