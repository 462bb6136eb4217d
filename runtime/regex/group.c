/* SPDX-License-Identifier: MIT */
#include "runtime/regex/parser.h"

#include <string.h>

/* What stands behind the opening of a construct that is left out: whatever is like a pattern is
 * read, to find what else is wrong. */
enum inside {
    PATTERN,
    TEXT,                  /* up to ')', no pattern */
    CONDITION_AND_PATTERN, /* a text up to ')', then a pattern */
};

/* Constructs of other dialects that open with a parenthesis. */
static const struct {
    const char *opening;
    enum inside inside;
    const char *what, *help;
} foreign[] = {
    {"(?<=", PATTERN, "a look-behind", "match the text in front too, and put what is wanted into a group"},
    {"(?<!", PATTERN, "a look-behind", "match the text in front too, or put it into a '!' line of its own"},
    {"(?>", PATTERN, "an atomic group", "write '(?:': matching takes linear time anyway"},
    {"(?|", PATTERN, "a branch-reset group", "write '(?:' and give each branch a group of its own"},
    {"(?#", TEXT, "a comment", "write comments on lines of their own, with '#' in front"},
    {"(?P=", TEXT, "a back-reference",
     "the text of a group can be compared in a later line: $eval(\"To = %1\") = true"},
    {"(?P>", TEXT, "a recursion", "write the group's pattern again"},
    {"(?&", TEXT, "a recursion", "write the group's pattern again"},
    {"(?R", TEXT, "a recursion", "write the pattern again"},
    {"(?+", TEXT, "a recursion", "write the group's pattern again"},
    {"(?(", CONDITION_AND_PATTERN, "a conditional group", "write two alternatives: '(?:...|...)'"},
    {"(?C", TEXT, "a callout", NULL},
};

static void skip_behind(struct rx_parser *parser, char close) {
    size_t end = slice_find(parser->text, parser->at, close);
    parser->at = end < parser->text.len ? end + 1 : end;
}

/* The inside of a parenthesis that opened at `from`, up to and over its ')'. */
static struct tree_node *read_inside(struct rx_parser *parser, size_t from) {
    bool caseless = parser->caseless;
    parser->depth++;
    struct tree_node *node = syntax_alternation(parser);
    parser->depth--;
    parser->caseless = caseless;
    if (!parser_take(parser, ")") && !parser->stopped)
        parser_report(parser, DIAG_PATTERN_SYNTAX, from, from + 1, "write '\\(' for a parenthesis",
                      "'(' is not closed");
    return node;
}

/* At the name, behind "(?<". */
static void read_name(struct rx_parser *parser, size_t from) {
    size_t start = parser->at;
    while (parser_peek(parser, 0) == '_' ||
           (parser_peek(parser, 0) >= 0 && byte_is_alnum((unsigned char)parser_peek(parser, 0))))
        parser->at++;
    struct slice name = slice_cut(parser->text, start, parser->at);
    if (!parser_take(parser, ">") || name.len == 0 || byte_is_digit((unsigned char)name.at[0])) {
        parser_report(parser, DIAG_PATTERN_SYNTAX, from, parser->at, "write '(?<name>...)'",
                      "a group's name is a letter, then letters, digits and '_', then '>'");
        return;
    }
    for (const struct tree_name *other = parser->names; other; other = other->next) {
        if (slice_equal(other->name, name)) {
            parser_report(parser, DIAG_PATTERN_SYNTAX, start, start + name.len, NULL, "a second group named %s",
                          parser_quote(parser, start, start + name.len));
            return;
        }
    }
    struct tree_name *entry = arena_alloc(parser->arena, sizeof *entry);
    if (entry) {
        *entry = (struct tree_name){.group = parser->groups, .name = name, .next = parser->names};
        parser->names = entry;
    } else {
        parser->no_memory = true;
    }
}

/* Behind the '(' that opens a capturing group, at its name if it has one. */
static struct tree_node *read_group(struct rx_parser *parser, size_t from, bool named) {
    unsigned number = ++parser->groups;
    if (named)
        read_name(parser, from);
    if (number == IMAGE_GROUPS_MAX + 1)
        parser_report(parser, DIAG_PATTERN_SIZE, from, parser->at, "write '(?:' where the text is not used",
                      "more than %d groups", IMAGE_GROUPS_MAX);
    if (parser->looks)
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, "write '(?:'", "a group inside a look-ahead");
    struct tree_node *node = parser_parent(parser, TREE_GROUP, read_inside(parser, from));
    if (node)
        node->number = (uint16_t)(number <= IMAGE_GROUPS_MAX ? number : IMAGE_GROUPS_MAX);
    return node;
}

static struct tree_node *read_look(struct rx_parser *parser, size_t from, bool negated) {
    if (++parser->looks == IMAGE_LOOKS_MAX + 1)
        parser_report(parser, DIAG_PATTERN_SIZE, from, parser->at, NULL, "more than %d look-aheads in each other",
                      IMAGE_LOOKS_MAX);
    struct tree_node *node = parser_parent(parser, TREE_LOOK, read_inside(parser, from));
    parser->looks--;
    if (node)
        node->option = negated;
    return node;
}

/* Behind "(?", at letters that set options: NULL for "(?i)" alone. */
static struct tree_node *read_options(struct rx_parser *parser, size_t from) {
    size_t start = parser->at;
    while (parser_peek(parser, 0) == '-' || parser_peek(parser, 0) == '^' ||
           (parser_peek(parser, 0) >= 0 && byte_is_alpha((unsigned char)parser_peek(parser, 0))))
        parser->at++;
    struct slice letters = slice_cut(parser->text, start, parser->at);
    bool alone = parser_at(parser, ")"), inside = parser_at(parser, ":");
    if (alone || inside)
        parser->at++;
    bool broken = !slice_equal(letters, SLICE("i")) || !(alone || inside);
    if (broken)
        parser_report(parser, alone || inside ? DIAG_PATTERN_UNSUPPORTED : DIAG_PATTERN_SYNTAX, from, parser->at,
                      "what '(?' can begin: '(?:' '(?<name>' '(?i)' '(?i:' '(?=' '(?!'",
                      "%s is no group that this dialect has", parser_quote(parser, from, parser->at));
    if (alone) {
        parser->caseless = parser->caseless || !broken;
        return NULL;
    }
    bool caseless = parser->caseless;
    parser->caseless = caseless || !broken;
    struct tree_node *node = read_inside(parser, from);
    parser->caseless = caseless;
    return node;
}

static bool is_verb(const struct rx_parser *parser) {
    int next = parser_peek(parser, 2);
    return parser_at(parser, "(*") && ((next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z'));
}

static struct tree_node *refuse_foreign(struct rx_parser *parser, size_t kind) {
    size_t from = parser->at - strlen(foreign[kind].opening);
    if (foreign[kind].inside != PATTERN)
        skip_behind(parser, ')');
    parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, foreign[kind].help,
                  "%s is %s, which this dialect leaves out", parser_quote(parser, from, parser->at),
                  foreign[kind].what);
    return foreign[kind].inside == TEXT ? parser_leaf(parser, TREE_BYTE) : read_inside(parser, from);
}

struct tree_node *group_parse(struct rx_parser *parser) {
    size_t from = parser->at;
    if (parser->depth == TREE_DEPTH_MAX) {
        parser_report(parser, DIAG_PATTERN_SIZE, from, from + 1, NULL, "more than %d parentheses in each other",
                      TREE_DEPTH_MAX);
        parser->stopped = true;
        parser->at = parser->text.len;
        return NULL;
    }
    if (is_verb(parser)) {
        skip_behind(parser, ')');
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, NULL,
                      "%s is a verb, which this dialect leaves out", parser_quote(parser, from, parser->at));
        return parser_leaf(parser, TREE_BYTE);
    }
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (parser_take(parser, foreign[i].opening))
            return refuse_foreign(parser, i);
    if (parser_take(parser, "(?:"))
        return read_inside(parser, from);
    if (parser_take(parser, "(?=") || parser_take(parser, "(?!"))
        return read_look(parser, from, parser->text.at[from + 2] == '!');
    if (parser_take(parser, "(?P<") || parser_take(parser, "(?'")) {
        char close = parser->text.at[parser->at - 1] == '<' ? '>' : '\'';
        skip_behind(parser, close);
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, "write '(?<name>...)'",
                      "%s is another dialect's named group", parser_quote(parser, from, parser->at));
        return read_group(parser, from, false);
    }
    if (parser_take(parser, "(?<"))
        return read_group(parser, from, true);
    if (parser_take(parser, "(?"))
        return read_options(parser, from);
    parser->at++;
    return read_group(parser, from, false);
}
