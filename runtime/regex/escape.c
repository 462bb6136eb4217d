/* SPDX-License-Identifier: MIT */
#include "runtime/regex/parser.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 64 }; /* how far the end of a name in braces is looked for */

/* Letters that mean something in other dialects, and how to write it in this one. */
static const struct {
    char letter;
    bool braces; /* a {...}, <...> or '...' behind it belongs to it */
    const char *help;
} foreign[] = {
    {'C', false, "write '[\\x00-\\xFF]' for any byte"},
    {'E', false, "put a backslash before each character that is to be literal"},
    {'G', false, "write '^' for the start"},
    {'K', false, "put what is wanted into a group and use its text"},
    {'L', false, "write the text in lower case, or use '(?i)'"},
    {'N', true, "write '.' for any byte but a line end"},
    {'P', true, "write the characters as a class: '[^A-Za-z]'"},
    {'Q', false, "put a backslash before each character that is to be literal"},
    {'R', false, "write '\\x0D?\\x0A' for a line end"},
    {'U', false, "write the text in upper case, or use '(?i)'"},
    {'V', false, "write '[^\\x0A-\\x0D]'"},
    {'X', false, "write '.' for any byte but a line end"},
    {'Z', false, "write '$' for the end"},
    {'a', false, "write '\\x07'"},
    {'c', false, "write the byte as '\\xHH' with two hexadecimal digits"},
    {'e', false, "write '\\x1B'"},
    {'f', false, "write '\\x0C'"},
    {'l', false, "write the letter in lower case, or use '(?i)'"},
    {'n', false, "write '\\x0A'"},
    {'o', true, "write the byte as '\\xHH' with two hexadecimal digits"},
    {'p', true, "write the characters as a class: '[A-Za-z]'"},
    {'r', false, "write '\\x0D'"},
    {'u', true, "write the bytes as '\\xHH' with two hexadecimal digits"},
    {'v', false, "write '[\\x0A-\\x0D]'"},
};

static const char *const compare_later =
    "the text of a group can be compared in a later line: $eval(\"To = %1\") = true";

/* Moves over {...}, <...> or '...' if one stands here. */
static void skip_braces(struct rx_parser *parser) {
    static const char pairs[] = "{}<>''";
    for (const char *open = pairs; *open; open += 2) {
        if (parser_peek(parser, 0) != (unsigned char)*open)
            continue;
        struct slice near = slice_cut(parser->text, 0, parser->at + NAME_MAX_LENGTH);
        size_t close = slice_find(near, parser->at + 1, open[1]);
        if (close < near.len)
            parser->at = close + 1;
        return;
    }
}

static void skip_digits(struct rx_parser *parser) {
    while (parser_peek(parser, 0) >= '0' && parser_peek(parser, 0) <= '9')
        parser->at++;
}

/* "\10" where a dot was left out ("192\.168\.\10") is a slip of its own. */
static void refuse_reference(struct rx_parser *parser, size_t from) {
    const char *help = compare_later;
    skip_digits(parser);
    int before = from ? (unsigned char)parser->text.at[from - 1] : -1;
    if (before == '.' || (before >= '0' && before <= '9')) {
        struct slice number = slice_cut(parser->text, from + 1, parser->at);
        help = number.len > 3
                   ? help
                   : arena_printf(parser->arena, "for a dot and the number write '\\.%.*s'", SLICE_ARG(number));
    }
    parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, help,
                  "%s is a back-reference, which cannot be matched in linear time",
                  parser_quote(parser, from, parser->at));
}

static void refuse_digit(struct rx_parser *parser, size_t from, bool in_class) {
    if (!in_class && parser->text.at[from + 1] != '0') {
        refuse_reference(parser, from);
        return;
    }
    skip_digits(parser);
    parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at,
                  "write the byte as '\\xHH' with two hexadecimal digits",
                  "%s is an octal number, which this dialect leaves out", parser_quote(parser, from, parser->at));
}

static void refuse_letter(struct rx_parser *parser, size_t from, char letter, bool in_class) {
    if (strchr("Azb", letter) || letter == 'B') { /* in a class: assertions elsewhere */
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at,
                      letter == 'b' ? "write '\\x08' for a backspace" : NULL, "%s cannot stand in a class",
                      parser_quote(parser, from, parser->at));
        return;
    }
    if (letter == 'g' || letter == 'k') {
        skip_braces(parser);
        skip_digits(parser);
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, compare_later,
                      "%s is a back-reference, which cannot be matched in linear time",
                      parser_quote(parser, from, parser->at));
        return;
    }
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (foreign[i].letter != letter)
            continue;
        if (foreign[i].braces)
            skip_braces(parser);
        if (letter == 'c' && parser_peek(parser, 0) >= 0)
            parser->at++;
        parser_report(parser, DIAG_PATTERN_UNSUPPORTED, from, parser->at, foreign[i].help,
                      "%s is left out of this dialect", parser_quote(parser, from, parser->at));
        if (letter == 'Q' && !in_class) { /* what follows was meant to be literal: no use in reading it */
            while (parser->at < parser->text.len && !parser_take(parser, "\\E"))
                parser->at++;
        }
        return;
    }
    parser_report(parser, DIAG_PATTERN_SYNTAX, from, parser->at,
                  arena_printf(parser->arena, "write '%c' for the letter", letter), "%s has no meaning",
                  parser_quote(parser, from, parser->at));
}

/* \d \w \s \h, upper case for all other bytes. \s has the vertical tab, as in Perl and PCRE2; \h
 * knows no blanks beyond ASCII: what PCRE2 takes for a no-break space is half of another letter in
 * UTF-8. */
static struct image_set shorthand(char letter) {
    struct image_set set = {{0}};
    switch (byte_lower((unsigned char)letter)) {
    case 'w':
        set_add_range(&set, 'a', 'z');
        set_add_range(&set, 'A', 'Z');
        set_add(&set, '_');
        set_add_range(&set, '0', '9');
        break;
    case 'd': set_add_range(&set, '0', '9'); break;
    case 's':
        set_add_range(&set, '\t', '\r');
        set_add(&set, ' ');
        break;
    default: set_add(&set, '\t'); set_add(&set, ' ');
    }
    if (letter == byte_upper((unsigned char)letter))
        set_invert(&set);
    return set;
}

static struct escape hexadecimal(struct rx_parser *parser, size_t from) {
    int high = byte_hex_value((unsigned char)(parser_peek(parser, 0) < 0 ? 0 : parser_peek(parser, 0)));
    int low = byte_hex_value((unsigned char)(parser_peek(parser, 1) < 0 ? 0 : parser_peek(parser, 1)));
    if (high >= 0 && low >= 0) {
        parser->at += 2;
        return (struct escape){.kind = ESCAPE_BYTE, .byte = (unsigned char)(high * 16 + low)};
    }
    if (high >= 0)
        parser->at++;
    else
        skip_braces(parser);
    parser_report(parser, DIAG_PATTERN_SYNTAX, from, parser->at,
                  "write the byte as '\\xHH' with two hexadecimal digits", "%s has not two hexadecimal digits",
                  parser_quote(parser, from, parser->at));
    return (struct escape){.kind = ESCAPE_BROKEN};
}

struct escape escape_parse(struct rx_parser *parser, bool in_class) {
    size_t from = parser->at++;
    int next = parser_peek(parser, 0);
    if (next < 0) {
        parser_report(parser, DIAG_PATTERN_SYNTAX, from, parser->at, "write '\\\\' for a backslash",
                      "a backslash at the end of the pattern");
        return (struct escape){.kind = ESCAPE_BROKEN};
    }
    parser->at++;
    if (!byte_is_alnum((unsigned char)next))
        return (struct escape){.kind = ESCAPE_BYTE, .byte = (unsigned char)next};
    if (byte_is_digit((unsigned char)next)) {
        refuse_digit(parser, from, in_class);
        return (struct escape){.kind = ESCAPE_BROKEN};
    }
    switch (next) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
    case 's':
    case 'S':
    case 'h':
    case 'H': return (struct escape){.kind = ESCAPE_SET, .set = shorthand((char)next)};
    case 't': return (struct escape){.kind = ESCAPE_BYTE, .byte = '\t'};
    case 'x': return hexadecimal(parser, from);
    }
    if (!in_class && strchr("AzbB", next))
        return (struct escape){.kind = ESCAPE_ASSERTION,
                               .assertion = next == 'A'   ? TREE_BEGIN
                                            : next == 'z' ? TREE_END_ONLY
                                                          : TREE_WORD_BOUNDARY,
                               .negated = next == 'B'};
    refuse_letter(parser, from, (char)next, in_class);
    return (struct escape){.kind = ESCAPE_BROKEN};
}
