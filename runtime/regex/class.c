/* SPDX-License-Identifier: MIT */
#include "runtime/regex/parser.h"

/* A POSIX class, [:alpha:] or [:^alpha:], at `from`: the place behind it, else 0. */
static size_t posix_end(struct slice text, size_t from) {
    size_t at = from + 2;
    if (from + 2 >= text.len || text.at[from] != '[' || text.at[from + 1] != ':')
        return 0;
    if (text.at[at] == '^')
        at++;
    size_t letters = at;
    while (at < text.len && byte_is_alpha((unsigned char)text.at[at]))
        at++;
    return at > letters && at + 1 < text.len && text.at[at] == ':' && text.at[at + 1] == ']' ? at + 2 : 0;
}

static const char *posix_help(struct slice name) {
    static const struct {
        struct slice name;
        const char *help;
    } classes[] = {
        {SLICE("alpha"), "write 'A-Za-z' in the class"},
        {SLICE("digit"), "write '\\d'"},
        {SLICE("alnum"), "write 'A-Za-z0-9' in the class"},
        {SLICE("upper"), "write 'A-Z' in the class"},
        {SLICE("lower"), "write 'a-z' in the class"},
        {SLICE("space"), "write '\\s'"},
        {SLICE("blank"), "write '\\h'"},
        {SLICE("word"), "write '\\w'"},
        {SLICE("xdigit"), "write '0-9A-Fa-f' in the class"},
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
        if (slice_equal(name, classes[i].name))
            return classes[i].help;
    return "write the characters themselves, as in '[A-Za-z]'";
}

static bool refuse_posix(struct rx_parser *parser) {
    size_t from = parser->at, end = posix_end(parser->text, from);
    if (end == 0)
        return false;
    parser->at = end;
    parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, end, posix_help(slice_cut(parser->text, from + 2, end - 2)),
                  "%s is a POSIX class, which this dialect leaves out", parser_quote(parser, from, end));
    return true;
}

/* What reads as a set operation or a nested class elsewhere, and as plain characters in Perl, is
 * nobody's meaning. */
static bool refuse_operator(struct rx_parser *parser) {
    size_t from = parser->at;
    if (parser_at(parser, "[")) {
        if (!refuse_posix(parser)) {
            parser->at++;
            parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, "write '\\[' for a bracket",
                          "'[' in a class");
        }
        return true;
    }
    if (parser_take(parser, "&&")) {
        while (parser_take(parser, "&"))
            ;
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, "write '&' once",
                      "'&&' in a class is a set operation elsewhere");
        return true;
    }
    int next = parser_peek(parser, 1);
    if ((parser->input->options & RX_INSERTS) && parser_at(parser, "%") && next >= 0 &&
        (byte_is_digit((unsigned char)next) || next == '{')) {
        parser->at += 2;
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, "write '%%' for a percent sign",
                      "an inserted text cannot stand in a class");
        return true;
    }
    return false;
}

/* One end of a range, or what stands alone. */
static struct escape read_item(struct rx_parser *parser) {
    if (refuse_operator(parser))
        return (struct escape){.kind = ESCAPE_BROKEN};
    if (parser_at(parser, "\\"))
        return escape_parse(parser, true);
    if ((parser->input->options & RX_INSERTS) && parser_at(parser, "%%"))
        parser->at++;
    return (struct escape){.kind = ESCAPE_BYTE, .byte = (unsigned char)parser->text.at[parser->at++]};
}

/* One member: a byte, a range, a shorthand. A '-' is literal where it can begin or end no range. */
static void read_member(struct rx_parser *parser, struct image_set *set) {
    size_t from = parser->at;
    struct escape first = read_item(parser);
    if (first.kind == ESCAPE_SET)
        set_add_all(set, &first.set);
    else if (first.kind == ESCAPE_BYTE)
        set_add(set, first.byte);
    int behind = parser_peek(parser, 1);
    if (!parser_at(parser, "-") || behind < 0 || behind == ']')
        return;
    parser->at++;
    struct escape last = read_item(parser);
    if (first.kind == ESCAPE_BROKEN || last.kind == ESCAPE_BROKEN)
        return;
    if (first.kind == ESCAPE_SET || last.kind == ESCAPE_SET)
        parser_report(parser, DIAG_PATTERN_SYNTAX, from, parser->at, "write '\\-' for a hyphen",
                      "%s is no range: one of its ends is a whole set", parser_quote(parser, from, parser->at));
    else if (first.byte > last.byte)
        parser_report(parser, DIAG_PATTERN_SYNTAX, from, parser->at, NULL, "the range %s runs backwards",
                      parser_quote(parser, from, parser->at));
    else
        set_add_range(set, first.byte, last.byte);
}

static void add_other_case(struct image_set *set) {
    for (unsigned char lower = 'a'; lower <= 'z'; lower++) {
        unsigned char upper = (unsigned char)byte_upper(lower);
        if (set_has(set, lower))
            set_add(set, upper);
        else if (set_has(set, upper))
            set_add(set, lower);
    }
}

struct tree_node *class_parse(struct rx_parser *parser) {
    size_t from = parser->at;
    struct image_set set = {{0}};
    if (refuse_posix(parser))
        return parser_set(parser, &set);
    parser->at++;
    bool negated = parser_take(parser, "^");
    /* A ']' right at the start is a member. */
    for (bool first = true; first || !parser_take(parser, "]"); first = false) {
        if (parser->at >= parser->text.len) {
            parser_report(parser, DIAG_PATTERN_SYNTAX, from, from + 1, "write '\\[' for a bracket",
                          "'[' is not closed");
            break;
        }
        read_member(parser, &set);
    }
    if (parser->caseless)
        add_other_case(&set);
    if (negated)
        set_invert(&set);
    return parser_set(parser, &set);
}
