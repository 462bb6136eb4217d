/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/regex_pattern.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind {
    LITERAL,
    ANY,
    CLASS,
    SHORTHAND,
    ASSERTION,
    INSERT,
    GROUP,
    PLAIN_GROUP,
    CASELESS_GROUP,
    LOOK,
    REPEAT,
    SEQUENCE,
    ALTERNATION
};

struct pattern_node {
    enum kind kind;
    unsigned char byte; /* LITERAL; SHORTHAND and ASSERTION: the letter */
    bool option;        /* LOOK: negated; REPEAT: lazy; GROUP: named; CASELESS_GROUP: "(?i)" and not "(?i:"
                  */
    bool nullable;
    unsigned number, min, max; /* INSERT; GROUP; REPEAT: max may be OPEN */
    char ours[64], pcre[160];  /* CLASS */
    unsigned char members[8];  /* CLASS: some bytes that it has */
    unsigned member_count;
    struct pattern_node *child, *next;
};

enum { OPEN = 1000, DEPTH = 5 };

/* Few different bytes, so that things meet: letters of both cases, digits, what plans hold, blanks,
 * line ends, and bytes beyond ASCII (0xA0 is one that a Latin-1 reader takes for a blank). */
static const unsigned char alphabet[] = "aaabbbcABk019@:;.-_ \t\n\v%\xa0\xc3\xa9<";

struct pattern *pattern_new(void) {
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (pattern && !(pattern->nodes = calloc(PATTERN_NODES, sizeof *pattern->nodes))) {
        free(pattern);
        pattern = NULL;
    }
    return pattern;
}

void pattern_free(struct pattern *pattern) {
    if (pattern)
        free(pattern->nodes);
    free(pattern);
}

static unsigned below(struct pattern *pattern, unsigned limit) { /* splitmix64 */
    uint64_t z = pattern->random += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ z >> 31) % limit);
}

static unsigned char pick(struct pattern *pattern) {
    return below(pattern, 20) ? alphabet[below(pattern, sizeof alphabet - 1)] : (unsigned char)below(pattern, 256);
}

static void append(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append(char *text, size_t size, const char *format, ...) {
    size_t length = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + length, size - length, format, args);
    va_end(args);
}

/* The tree. */

static struct pattern_node *node_of(struct pattern *pattern, enum kind kind) {
    if (pattern->node_count == PATTERN_NODES)
        return NULL;
    struct pattern_node *node = &pattern->nodes[pattern->node_count++];
    *node = (struct pattern_node){.kind = kind};
    return node;
}

static struct pattern_node *make_literal(struct pattern *pattern) {
    struct pattern_node *node = node_of(pattern, LITERAL);
    if (node)
        while ((node->byte = pick(pattern)) == 0) /* the patterns here are strings */
            ;
    return node;
}

static void class_member(struct pattern *pattern, struct pattern_node *node) {
    static const char letters[] = "dwshDWSH";
    unsigned char first = pick(pattern), last = (unsigned char)(first + below(pattern, 12));
    if (below(pattern, 6) == 0) {
        char letter = letters[below(pattern, 8)];
        append(node->ours, sizeof node->ours, "\\%c", letter);
        append(node->pcre, sizeof node->pcre,
               letter == 'h'   ? "\\x09\\x20"
               : letter == 'H' ? "\\x00-\\x08\\x0a-\\x1f\\x21-\\xff"
                               : "\\%c",
               letter);
        return;
    }
    if (node->member_count < sizeof node->members)
        node->members[node->member_count++] = first;
    if (byte_is_alnum(first) && byte_is_alnum(last) && last >= first && below(pattern, 3) == 0) {
        append(node->ours, sizeof node->ours, "%c-%c", first, last);
        append(node->pcre, sizeof node->pcre, "%c-%c", first, last);
        return;
    }
    /* "[.ab.]" and "[:ab:]" are POSIX's. */
    bool plain = first > ' ' && first < 0x7f && !strchr("\\[]^-&%.:=", first);
    append(node->ours, sizeof node->ours, plain ? "%c" : "\\x%02x", first);
    append(node->pcre, sizeof node->pcre, plain ? "%c" : "\\x%02x", first);
}

static struct pattern_node *make_class(struct pattern *pattern) {
    struct pattern_node *node = node_of(pattern, CLASS);
    if (!node)
        return NULL;
    node->option = below(pattern, 4) == 0;
    const char *open = node->option ? "[^" : "[";
    strcpy(node->ours, open);
    strcpy(node->pcre, open);
    if (below(pattern, 12) == 0) { /* a ']' at the start is a member */
        append(node->ours, sizeof node->ours, "]");
        append(node->pcre, sizeof node->pcre, "]");
        node->members[node->member_count++] = ']';
    }
    for (unsigned i = 0, count = 1 + below(pattern, 4); i < count; i++)
        class_member(pattern, node);
    const char *close = below(pattern, 12) == 0 ? "-]" : "]"; /* a '-' at the end, too */
    append(node->ours, sizeof node->ours, "%s", close);
    append(node->pcre, sizeof node->pcre, "%s", close);
    return node;
}

static struct pattern_node *make_leaf(struct pattern *pattern) {
    struct pattern_node *node;
    unsigned choice = below(pattern, 20);
    if (choice < 11)
        return make_literal(pattern);
    if (choice < 13)
        return node_of(pattern, ANY);
    if (choice < 16)
        return make_class(pattern);
    if (choice < 18 || (choice == 19 && !pattern->inserts_on)) {
        if ((node = node_of(pattern, SHORTHAND)))
            node->byte = (unsigned char)"dwshDWSHt"[below(pattern, 9)];
        return node;
    }
    if (choice == 18) {
        if ((node = node_of(pattern, ASSERTION))) {
            node->byte = (unsigned char)"^$AzbB"[below(pattern, 6)];
            node->nullable = true;
        }
        return node;
    }
    if ((node = node_of(pattern, INSERT))) {
        node->number = below(pattern, PATTERN_INSERTS);
        node->nullable = true;
    }
    return node;
}

static struct pattern_node *make_alternation(struct pattern *pattern, unsigned depth, bool in_look);

static struct pattern_node *make_atom(struct pattern *pattern, unsigned depth, bool in_look) {
    static const enum kind kinds[] = {GROUP, GROUP, GROUP, GROUP, PLAIN_GROUP, PLAIN_GROUP, CASELESS_GROUP, LOOK};
    if (depth == 0 || below(pattern, 3))
        return make_leaf(pattern);
    enum kind kind = kinds[below(pattern, sizeof kinds / sizeof kinds[0])];
    if (kind == GROUP && in_look)
        kind = PLAIN_GROUP;
    struct pattern_node *node = node_of(pattern, kind);
    if (!node)
        return NULL;
    node->option = below(pattern, 2);
    if (kind == GROUP) {
        node->number = ++pattern->groups;
        node->option = below(pattern, 8) == 0;
    }
    node->child = make_alternation(pattern, depth - 1, in_look || kind == LOOK);
    for (const struct pattern_node *child = node->child; child; child = child->next)
        node->nullable = node->nullable || child->nullable;
    node->nullable = node->nullable || kind == LOOK;
    return node;
}

static struct pattern_node *make_piece(struct pattern *pattern, unsigned depth, bool in_look) {
    struct pattern_node *atom = make_atom(pattern, depth, in_look), *node;
    if (!atom || atom->kind == ASSERTION || atom->kind == INSERT || below(pattern, 5) > 1 ||
        (atom->kind == CASELESS_GROUP && atom->option) || !(node = node_of(pattern, REPEAT)))
        return atom;
    static const unsigned bounds[][2] = {{0, OPEN}, {1, OPEN}, {0, 1}, {2, 2}, {2, OPEN}, {0, 2},
                                         {1, 3},    {2, 4},    {0, 0}, {1, 1}, {0, OPEN}, {1, OPEN}};
    unsigned choice = below(pattern, sizeof bounds / sizeof bounds[0]);
    /* PCRE2 10.42 takes "(a|^b){0}c" for anchored: it skips the first alternative alone. */
    if (bounds[choice][1] == 0 && atom->child && atom->child->next)
        choice = 0;
    node->child = atom;
    node->min = bounds[choice][0];
    node->max = bounds[choice][1] == OPEN && atom->nullable ? node->min + 2 : bounds[choice][1];
    node->option = below(pattern, 3) == 0;
    node->nullable = node->min == 0 || atom->nullable;
    return node;
}

static struct pattern_node *make_sequence(struct pattern *pattern, unsigned depth, bool in_look) {
    struct pattern_node *node = node_of(pattern, SEQUENCE);
    if (!node)
        return NULL;
    struct pattern_node **last = &node->child;
    node->nullable = true;
    for (unsigned i = 0, count = below(pattern, 10) ? 1 + below(pattern, 4) : 0; i < count; i++) {
        struct pattern_node *piece = make_piece(pattern, depth, in_look);
        if (!piece)
            break;
        node->nullable = node->nullable && piece->nullable;
        *last = piece;
        last = &piece->next;
    }
    return node;
}

static struct pattern_node *make_alternation(struct pattern *pattern, unsigned depth, bool in_look) {
    struct pattern_node *first = make_sequence(pattern, depth, in_look), *last = first;
    for (unsigned count = below(pattern, 3) ? 0 : 1 + below(pattern, 3); count && last; count--)
        last = last->next = make_sequence(pattern, depth, in_look);
    return first;
}

/* Its texts. */

#define OURS(...) append(pattern->ours, sizeof pattern->ours, __VA_ARGS__)
#define PCRE(...) append(pattern->pcre, sizeof pattern->pcre, __VA_ARGS__)
#define BOTH(...) (OURS(__VA_ARGS__), PCRE(__VA_ARGS__))

static void write_literal(struct pattern *pattern, unsigned char byte) {
    if (byte == '%' && pattern->inserts_on) {
        OURS("%%%%");
        PCRE("%%");
    } else if (byte == '{' || byte < ' ' || byte == 0x7f) {
        BOTH("\\x%02X", byte);
    } else {
        BOTH(strchr("\\^$.|?*+()[", byte) ? "\\%c" : "%c", byte);
    }
}

static void write_quantifier(struct pattern *pattern, const struct pattern_node *node) {
    if (node->min < 2 && node->max == OPEN)
        BOTH(node->min ? "+" : "*");
    else if (node->min == 0 && node->max == 1)
        BOTH("?");
    else if (node->max == OPEN)
        BOTH("{%u,}", node->min);
    else if (node->min == node->max)
        BOTH("{%u}", node->min);
    else
        BOTH("{%u,%u}", node->min, node->max);
    if (node->option)
        BOTH("?");
}

static void write_node(struct pattern *pattern, const struct pattern_node *node) {
    switch (node->kind) {
    case LITERAL: write_literal(pattern, node->byte); return;
    case ANY: BOTH("."); return;
    case CLASS:
        OURS("%s", node->ours);
        PCRE("%s", node->pcre);
        return;
    case SHORTHAND:
        OURS("\\%c", node->byte);
        PCRE(node->byte == 'h' ? "[\\t ]" : node->byte == 'H' ? "[^\\t ]" : "\\%c", node->byte);
        return;
    case ASSERTION: BOTH(strchr("^$", node->byte) ? "%c" : "\\%c", node->byte); return;
    case INSERT:
        OURS(node->option ? "%%%u" : "%%{%u}", node->number + 1);
        PCRE("(?:");
        for (size_t i = 0; i < pattern->inserts[node->number].len; i++)
            PCRE("\\x%02x", (unsigned char)pattern->inserts[node->number].at[i]);
        PCRE(")");
        return;
    case GROUP:
        if (node->option)
            BOTH("(?<n%u>", node->number);
        else
            BOTH("(");
        break;
    case PLAIN_GROUP: BOTH("(?:"); break;
    case CASELESS_GROUP: BOTH(node->option ? "(?:(?i)" : "(?i:"); break;
    case LOOK: BOTH(node->option ? "(?!" : "(?="); break;
    case REPEAT:
    case SEQUENCE:
    case ALTERNATION: break;
    }
    bool alternatives = node->kind != SEQUENCE && node->kind != REPEAT;
    for (const struct pattern_node *child = node->child; child; child = child->next) {
        write_node(pattern, child);
        if (alternatives && child->next)
            BOTH("|");
    }
    if (node->kind == REPEAT)
        write_quantifier(pattern, node);
    else if (node->kind != SEQUENCE && node->kind != ALTERNATION)
        BOTH(")");
}

void pattern_make(struct pattern *pattern, uint64_t seed) {
    static const char *const texts[] = {"", "a", "ab", "bob", "A1", "%", "1.2", "\xc3\xa9"};
    pattern->random = seed;
    pattern->node_count = pattern->groups = 0;
    pattern->ours[0] = pattern->pcre[0] = '\0';
    pattern->inserts_on = below(pattern, 4) == 0;
    for (unsigned i = 0; i < PATTERN_INSERTS; i++)
        pattern->inserts[i] = slice_of(texts[below(pattern, sizeof texts / sizeof texts[0])]);
    if (below(pattern, 16) == 0)
        BOTH("(?i)");
    struct pattern_node *root = node_of(pattern, ALTERNATION);
    root->child = make_alternation(pattern, DEPTH, false);
    write_node(pattern, root);
}

/* Subjects. */

static size_t add(char *subject, size_t length, unsigned char byte) {
    if (length < PATTERN_SUBJECT)
        subject[length++] = (char)byte;
    return length;
}

static size_t sample_shorthand(struct pattern *pattern, unsigned char letter, char *subject, size_t length) {
    const char *some = letter == 'd'   ? "019"
                       : letter == 'w' ? "abB1_"
                       : letter == 's' ? " \t\n\v"
                       : letter == 'h' ? " \t"
                       : letter == 't' ? "\t"
                                       : "a:0 ";
    return add(subject, length, (unsigned char)some[below(pattern, (unsigned)strlen(some))]);
}

static size_t sample(struct pattern *pattern, const struct pattern_node *node, char *subject, size_t length) {
    unsigned count;
    const struct pattern_node *child = node->child;
    switch (node->kind) {
    case LITERAL:
        if (byte_is_alpha(node->byte) && below(pattern, 4) == 0)
            return add(subject, length, node->byte ^ 0x20);
        return add(subject, length, node->byte);
    case ANY: return add(subject, length, pick(pattern));
    case CLASS:
        if (node->option || node->member_count == 0)
            return add(subject, length, pick(pattern));
        return add(subject, length, node->members[below(pattern, node->member_count)]);
    case SHORTHAND: return sample_shorthand(pattern, node->byte, subject, length);
    case INSERT:
        for (size_t i = 0; i < pattern->inserts[node->number].len; i++)
            length = add(subject, length, (unsigned char)pattern->inserts[node->number].at[i]);
        return length;
    case ASSERTION:
    case LOOK: return length;
    case REPEAT:
        count = node->min + below(pattern, node->max == OPEN ? 4 : node->max - node->min + 1);
        while (count--)
            length = sample(pattern, child, subject, length);
        return length;
    case SEQUENCE:
        for (; child; child = child->next)
            length = sample(pattern, child, subject, length);
        return length;
    case GROUP:
    case PLAIN_GROUP:
    case CASELESS_GROUP:
    case ALTERNATION: break;
    }
    for (count = 0; child; child = child->next)
        count++;
    child = node->child;
    for (count = count ? below(pattern, count) : 0; count; count--)
        child = child->next;
    return child ? sample(pattern, child, subject, length) : length;
}

size_t pattern_subject(struct pattern *pattern, char subject[PATTERN_SUBJECT]) {
    size_t length = 0;
    unsigned kind = below(pattern, 8);
    if (kind & 1)
        for (unsigned count = below(pattern, 6); count; count--)
            length = add(subject, length, pick(pattern));
    if (kind)
        length = sample(pattern, &pattern->nodes[0], subject, length);
    if (kind != 2)
        for (unsigned count = below(pattern, 8); count; count--)
            length = add(subject, length, pick(pattern));
    if (kind > 5 && length)
        subject[below(pattern, (unsigned)length)] = (char)pick(pattern);
    return length;
}
