/* SPDX-License-Identifier: MIT */
#include "runtime/regex/syntax.h"

#include "runtime/regex/parser.h"

#include <errno.h>

struct repeat {
    unsigned min, max; /* TREE_UNBOUNDED: too high to count */
    bool open;         /* no upper end: max is TREE_UNBOUNDED */
    bool lazy;
    size_t from, end; /* of the quantifier */
};

/* Moves *at over decimal digits; false when there are none. */
static bool read_count(struct slice text, size_t *at, unsigned *count) {
    size_t from = *at;
    uint64_t number;
    while (*at < text.len && byte_is_digit((unsigned char)text.at[*at]))
        ++*at;
    bool fits = slice_number(slice_cut(text, from, *at), TREE_REPEAT_MAX, &number);
    *count = fits ? (unsigned)number : TREE_UNBOUNDED;
    return *at > from;
}

/* {n} {n,} {n,m} at the place. Anything else that begins with '{' is literal, as in PCRE2. */
static bool read_braces(const struct rx_parser *parser, struct repeat *repeat) {
    struct slice text = parser->text;
    size_t at = parser->at + 1;
    if (parser_peek(parser, 0) != '{' || !read_count(text, &at, &repeat->min))
        return false;
    repeat->max = repeat->min;
    if (at < text.len && text.at[at] == ',') {
        at++;
        if (!read_count(text, &at, &repeat->max))
            repeat->open = true;
    }
    repeat->end = at + 1;
    return at < text.len && text.at[at] == '}';
}

/* A quantifier without what may follow it. */
static bool at_quantifier(const struct rx_parser *parser, struct repeat *repeat) {
    int sign = parser_peek(parser, 0);
    *repeat = (struct repeat){.from = parser->at, .end = parser->at + 1};
    if (sign != '*' && sign != '+' && sign != '?')
        return read_braces(parser, repeat);
    repeat->min = sign == '+';
    repeat->max = sign == '?' ? 1 : TREE_UNBOUNDED;
    repeat->open = sign != '?';
    return true;
}

/* Moves over a quantifier and its '?'. A possessive one is reported. */
static bool take_quantifier(struct rx_parser *parser, struct repeat *repeat) {
    if (!at_quantifier(parser, repeat))
        return false;
    parser->at = repeat->end;
    int next = parser_peek(parser, 0);
    repeat->lazy = next == '?';
    if (next == '?' || next == '+')
        parser->at++;
    repeat->end = parser->at;
    if (next == '+')
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, repeat->from, repeat->end,
                      "leave the '+' out: matching takes linear time anyway", "%s is a possessive quantifier",
                      parser_quote(parser, repeat->from, repeat->end));
    return true;
}

/* Reports what a repeat must not be; true when it is fine. */
static bool check_repeat(struct rx_parser *parser, const struct tree_node *piece, size_t from,
                         const struct repeat *repeat) {
    if (piece->kind == TREE_INSERT && parser->text.at[from] == '%') {
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, repeat->end, "put it into '(?:...)'",
                      "%s repeats an inserted text", parser_quote(parser, from, repeat->end));
        return false;
    }
    if (repeat->min == TREE_UNBOUNDED || (repeat->max == TREE_UNBOUNDED && !repeat->open)) {
        parser_report(parser, DIAG_PATTERN_SIZE, repeat->from, repeat->end, NULL, "%s repeats more than %d times",
                      parser_quote(parser, repeat->from, repeat->end), TREE_REPEAT_MAX);
        return false;
    }
    if (!repeat->open && repeat->min > repeat->max) {
        parser_report(parser, DIAG_PATTERN_SYNTAX, repeat->from, repeat->end, NULL, "%s has its higher number first",
                      parser_quote(parser, repeat->from, repeat->end));
        return false;
    }
    if (repeat->open && piece->nullable) {
        parser_report(parser, DIAG_PATTERN_EMPTY_LOOP, from, repeat->end,
                      "let what is repeated match at least one character, or bound the repeat",
                      "%s repeats something that can be empty, without an end",
                      parser_quote(parser, from, repeat->end));
        return false;
    }
    return true;
}

/* A pattern of `size` instructions needs one more for its end. */
static bool is_too_big(uint64_t size) {
    return size + 1 > IMAGE_RX_MAX;
}

static struct tree_node *repeat_node(struct rx_parser *parser, struct tree_node *piece, size_t from,
                                     const struct repeat *repeat) {
    struct tree_node *node = parser_parent(parser, TREE_REPEAT, piece);
    if (!node)
        return NULL;
    node->min = (uint16_t)repeat->min;
    node->max = repeat->open ? TREE_UNBOUNDED : (uint16_t)repeat->max;
    node->option = repeat->lazy;
    tree_measure(node);
    if (is_too_big(node->size)) {
        parser_report(parser, DIAG_PATTERN_SIZE, from, repeat->end, NULL, "%s compiles to more than %d instructions",
                      parser_quote(parser, from, repeat->end), IMAGE_RX_MAX);
        node->size = 1; /* said once */
    }
    return node;
}

/* The piece with the quantifiers behind it. NULL: nothing was there to be repeated, or no_memory.
 */
static struct tree_node *read_repeats(struct rx_parser *parser, struct tree_node *piece, size_t from) {
    struct repeat repeat;
    for (unsigned count = 0; !parser->no_memory && take_quantifier(parser, &repeat); count++) {
        if (piece && count == 0) {
            if (check_repeat(parser, piece, from, &repeat))
                piece = repeat_node(parser, piece, from, &repeat);
            continue;
        }
        if (count < 2)
            parser_report(parser, DIAG_PATTERN_SYNTAX, repeat.from, repeat.end,
                          piece ? "put what is repeated into '(?:...)'" : "write '\\' in front of a literal one",
                          piece ? "%s repeats a repeat" : "%s has nothing to repeat",
                          parser_quote(parser, repeat.from, repeat.end));
    }
    return piece;
}

static struct tree_node *byte_node(struct rx_parser *parser, unsigned char byte) {
    struct tree_node *node = parser_leaf(parser, TREE_BYTE);
    if (node) {
        node->option = parser->caseless && byte_is_alpha(byte);
        node->byte = node->option ? (unsigned char)byte_lower(byte) : byte;
    }
    return node;
}

static struct tree_node *escape_node(struct rx_parser *parser) {
    struct escape escape = escape_parse(parser, false);
    struct tree_node *node;
    switch (escape.kind) {
    case ESCAPE_SET: return parser_set(parser, &escape.set);
    case ESCAPE_ASSERTION:
        node = parser_leaf(parser, escape.assertion);
        if (node)
            node->option = escape.negated;
        return node;
    case ESCAPE_BYTE:
    case ESCAPE_BROKEN: break;
    }
    return byte_node(parser, escape.byte);
}

/* At a '%' of a pattern with inserts. A text that is reported stands for one byte from here on. */
static struct tree_node *percent_node(struct rx_parser *parser) {
    size_t from = parser->at++;
    int next = parser_peek(parser, 0);
    if (parser_take(parser, "%") || next < 0 || (next != '{' && !byte_is_digit((unsigned char)next)))
        return byte_node(parser, '%');
    size_t last = next == '{' ? slice_find(parser->text, parser->at, '}') : parser->at;
    if (last == parser->text.len) {
        parser->at++;
        parser_report(parser, DIAG_CAPTURE_SYNTAX, from, parser->at, "write '%%' for a percent sign",
                      "'%%{' is not closed");
        return byte_node(parser, '%');
    }
    struct slice reference = slice_cut(parser->text, parser->at, last + 1);
    parser->at += reference.len;
    const char *message = NULL;
    unsigned slot = parser->input->insert(parser->input->context, reference, &message);
    if (slot == 0) {
        bool zero = slice_equal(reference, SLICE("0")) || slice_equal(reference, SLICE("{0}"));
        parser_report(parser, zero ? DIAG_CAPTURE_SYNTAX : DIAG_CAPTURE_RANGE, from, parser->at, NULL, "%s",
                      message ? message : "no such group");
        return byte_node(parser, '%');
    }
    struct tree_node *node = parser_leaf(parser, TREE_INSERT);
    if (node) {
        node->number = (uint16_t)(slot - 1);
        node->option = parser->caseless;
    }
    return node;
}

/* One atom; NULL: it matches nothing of its own, or no_memory. */
static struct tree_node *read_atom(struct rx_parser *parser) {
    int next = parser_peek(parser, 0);
    switch (next) {
    case '(': return group_parse(parser);
    case '[': return class_parse(parser);
    case '\\': return escape_node(parser);
    case '%':
        if (parser->input->options & RX_INSERTS)
            return percent_node(parser);
        break;
    case '.': parser->at++; return parser_leaf(parser, TREE_ANY);
    case '^': parser->at++; return parser_leaf(parser, TREE_BEGIN);
    case '$': parser->at++; return parser_leaf(parser, TREE_END);
    }
    parser->at++;
    return byte_node(parser, (unsigned char)next);
}

/* Links siblings; a lone one stands for itself. */
static struct tree_node *wrap(struct rx_parser *parser, enum tree_kind kind, struct tree_node *first) {
    if (!first)
        return parser_leaf(parser, TREE_EMPTY);
    return first->next ? parser_parent(parser, kind, first) : first;
}

static struct tree_node *read_sequence(struct rx_parser *parser) {
    struct tree_node *first = NULL, **last = &first;
    struct repeat repeat;
    for (int next; (next = parser_peek(parser, 0)) >= 0 && next != '|' && next != ')' && !parser->no_memory;) {
        size_t from = parser->at;
        struct tree_node *piece = at_quantifier(parser, &repeat) ? NULL : read_atom(parser);
        piece = read_repeats(parser, piece, from);
        if (!piece)
            continue;
        *last = piece;
        last = &piece->next;
    }
    return parser->no_memory ? NULL : wrap(parser, TREE_SEQUENCE, first);
}

struct tree_node *syntax_alternation(struct rx_parser *parser) {
    struct tree_node *first = NULL, **last = &first;
    do {
        struct tree_node *branch = read_sequence(parser);
        if (!branch)
            return NULL;
        *last = branch;
        last = &branch->next;
    } while (parser_take(parser, "|"));
    return wrap(parser, TREE_ALTERNATION, first);
}

int rx_parse(struct rx_tree **tree, struct arena *arena, const struct rx_input *input, struct rx_problem *problems,
             unsigned max, unsigned *count) {
    struct rx_parser parser = {.arena = arena, .input = input, .text = input->text, .problems = problems, .max = max};
    struct tree_node *root = syntax_alternation(&parser);
    while (root && parser.at < input->text.len) { /* a ')' that closes nothing: read on behind it */
        parser_report(&parser, DIAG_PATTERN_SYNTAX, parser.at, parser.at + 1, "write '\\)' for a parenthesis",
                      "')' without '('");
        parser.at++;
        root = syntax_alternation(&parser);
    }
    if (root && is_too_big(root->size))
        parser_report(&parser, DIAG_PATTERN_SIZE, 0, input->text.len, NULL,
                      "the pattern compiles to more than %d instructions", IMAGE_RX_MAX);
    *count = parser.count;
    *tree = parser.no_memory || parser.count ? NULL : arena_alloc(arena, sizeof **tree);
    if (parser.count && !parser.no_memory)
        return -EINVAL;
    if (!*tree)
        return -ENOMEM;
    **tree = (struct rx_tree){.root = root, .groups = parser.groups, .names = parser.names};
    return 0;
}

/* At a '[': the place behind its class, 0 when it is not closed. */
static size_t class_end(struct slice text, size_t at) {
    size_t start = at + 1;
    if (start < text.len && text.at[start] == '^')
        start++;
    for (size_t i = start; i < text.len; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (text.at[i] == ']' && i > start)
            return i + 1;
    }
    return 0;
}

static bool opens_group(struct slice behind) {
    if (slice_starts(behind, SLICE("?<")))
        return !slice_starts(behind, SLICE("?<=")) && !slice_starts(behind, SLICE("?<!"));
    if (slice_starts(behind, SLICE("*")))
        return behind.len < 2 || !byte_is_alpha((unsigned char)behind.at[1]);
    return !slice_starts(behind, SLICE("?")) || slice_starts(behind, SLICE("?P<")) || slice_starts(behind, SLICE("?'"));
}

unsigned rx_group_count(struct slice text) {
    unsigned count = 0;
    bool closed = true; /* once a class is not, no later one is */
    for (size_t at = 0; at < text.len;) {
        size_t end = closed && text.at[at] == '[' ? class_end(text, at) : 0;
        closed = closed && (text.at[at] != '[' || end);
        if (end) {
            at = end;
        } else if (text.at[at] == '\\') {
            at += 2;
        } else if (slice_starts(slice_from(text, at), SLICE("(?("))) { /* a condition */
            at += 3;
        } else {
            count += text.at[at] == '(' && opens_group(slice_from(text, at + 1));
            at++;
        }
    }
    return count;
}

struct slice rx_group_name(const struct rx_tree *tree, unsigned group) {
    for (const struct tree_name *entry = tree->names; entry; entry = entry->next)
        if (entry->group == group)
            return entry->name;
    return SLICE_NULL;
}

unsigned rx_groups(const struct rx_tree *tree) {
    return tree->groups;
}
