/* SPDX-License-Identifier: MIT */
#include "compiler/term.h"

#include "compiler/argument.h"
#include "compiler/capture.h"
#include "compiler/names.h"
#include "compiler/parse.h"
#include "compiler/pattern.h"
#include "compiler/route.h"
#include "compiler/scan.h"
#include "grammar/lines.h"

#include <string.h>

/* `$or("$transport=TCP", ...)`: a string is a condition when it begins like one or has a '='. */
static bool is_condition(struct slice text) {
    struct slice trimmed = blank_trim(text);
    return trimmed.len && (strchr("$&!", trimmed.at[0]) || slice_find(text, 0, '=') < text.len);
}

static void check_quoted(struct check *check, struct term *term, unsigned slots, unsigned nesting) {
    if (nesting > SCAN_NESTING_MAX) {
        diag_report(check->diags, DIAG_LIMIT, term->span, "more than %d conditions in each other", SCAN_NESTING_MAX);
        return;
    }
    struct condition *condition = parse_condition(check->memory, check->diags, &term->text, nesting);
    if (!condition)
        return;
    term->condition = condition;
    term_check(check, condition->left, slots, nesting);
    term_read_condition(check, condition, true, slots);
}

static void check_argument(struct check *check, struct term *term, char kind, unsigned slots, unsigned nesting) {
    switch (term->kind) {
    case TERM_WORD:
    case TERM_ENVIRONMENT: term_check(check, term, slots, nesting); return;
    case TERM_NAME:
        term->constant = slice_same(term->text.s, SLICE("true")) || slice_same(term->text.s, SLICE("false"));
        if (term->constant) {
            argument_check(check, kind, &term->text, term->text.s);
            return;
        }
        argument_check_bare(check, kind, &term->text);
        term_check(check, term, slots, nesting);
        return;
    case TERM_NUMBER: argument_check(check, kind, &term->text, term->text.s); return;
    case TERM_STRING:
        if (kind == 'c' && is_condition(term->text.s)) {
            check_quoted(check, term, slots, nesting + 1);
            return;
        }
        term->pieces = capture_split(check, &term->text, slots);
        if (capture_inserts(term->pieces))
            return;
        argument_check(check, kind, &term->text, capture_constant(term->pieces));
        if (kind == 'r')
            route_asked(check, term->text.span, capture_constant(term->pieces));
        return;
    }
}

static void check_count(struct check *check, const struct term *term) {
    const struct word_row *row = &words[term->word];
    if (term->count >= row->min && term->count <= row->max)
        return;
    struct diag *diag;
    if (row->max == 0)
        diag = diag_report(check->diags, DIAG_ARGUMENT_COUNT, term->span, "'$%s' takes no arguments", row->name);
    else if (row->min == row->max)
        diag = diag_report(check->diags, DIAG_ARGUMENT_COUNT, term->span, "'$%s' with %u argument%s, expected %u",
                           row->name, term->count, term->count == 1 ? "" : "s", row->min);
    else
        diag = diag_report(check->diags, DIAG_ARGUMENT_COUNT, term->span, "'$%s' with %u argument%s, expected %u %s %u",
                           row->name, term->count, term->count == 1 ? "" : "s", row->min,
                           row->max == row->min + 1 ? "or" : "to", row->max);
    diag_help(check->diags, diag, "usage: %s", row->usage);
}

static void check_word(struct check *check, struct term *term, unsigned slots, unsigned nesting) {
    term->word = names_word(check, term);
    const struct word_row *row = term->word < WORD_COUNT ? &words[term->word] : NULL;
    if (row) {
        if (row->extension)
            check_extension(check, term);
        check_count(check, term);
    }
    size_t kinds = row ? strlen(row->args) : 0;
    unsigned i = 0;
    for (struct term *argument = term->arguments; argument; argument = argument->next, i++) {
        char kind = kinds == 0 ? 't' : row->args[i < kinds ? i : kinds - 1];
        check_argument(check, argument, kind, slots, nesting + 1);
    }
}

void term_check(struct check *check, struct term *term, unsigned slots, unsigned nesting) {
    switch (term->kind) {
    case TERM_WORD: check_word(check, term, slots, nesting); return;
    case TERM_ENVIRONMENT: names_read(check, term->text.s); return;
    case TERM_NAME:
        if (term->text.s.at[0] == '%') {
            struct diag *diag = diag_report(check->diags, DIAG_CAPTURE_SYNTAX, term->span,
                                            "'%.*s' cannot stand here by itself", SLICE_ARG(term->text.s));
            diag_help(check->diags, diag, "write \"%.*s\"", SLICE_ARG(term->text.s));
            return;
        }
        names_header(check, &term->text, &term->header);
        return;
    case TERM_STRING:
    case TERM_NUMBER: return;
    }
}

/* `!pattern` negates; blanks behind the '!' do not count. */
static struct text split_negation(struct condition *condition) {
    struct text text = condition->value;
    if (text.s.len == 0 || text.s.at[0] != '!')
        return text;
    condition->negated = !condition->negated;
    size_t start = 1;
    for (unsigned blank; (blank = blank_at(text.s, start)) != 0;)
        start += blank;
    return text_cut(&text, start, text.s.len);
}

/* `$request = "^INVITE"`: of a header's value quotation marks may well be a part, at the start of a line they are
 * not. */
static void warn_of_quotes(struct check *check, const struct condition *condition, const struct text *text) {
    size_t open = scan_quote_at(text->s, 0), close = text->s.len;
    while (open && close > open && !scan_quote_at(text->s, close))
        close--;
    bool whole = open && close > open && close + scan_quote_at(text->s, close) == text->s.len;
    bool anchored = open < text->s.len && text->s.at[open] == '^';
    if (!whole || (open == 1 && !anchored && condition->left->kind != TERM_WORD))
        return;
    struct diag *diag =
        diag_report(check->diags, DIAG_PATTERN_QUOTED, text->span, "these quotation marks are part of the pattern");
    diag_help(check->diags, diag, "write it without them");
}

static void read_missing(struct check *check, struct condition *condition) {
    struct slice name = condition->left->text.s;
    if (condition->left->kind == TERM_WORD) {
        if (word_named(name) < WORD_COUNT)
            diag_help(check->diags,
                      diag_report(check->diags, DIAG_CONDITION_TRUE, condition->left->span,
                                  "'$%.*s' without a pattern is read as '= true'", SLICE_ARG(name)),
                      "write '= true'");
        struct text text = {SLICE("true"), condition->left->span, NULL};
        condition->pattern = pattern_read(check, &text);
        return;
    }
    diag_report(check->diags, DIAG_VALUE_MISSING, condition->span, "'%s%.*s' without '= pattern'",
                condition->left->kind == TERM_ENVIRONMENT ? "&" : "", SLICE_ARG(name));
    condition->broken = true;
}

void term_read_condition(struct check *check, struct condition *condition, bool quoted, unsigned slots) {
    if (!condition->valued) {
        read_missing(check, condition);
        return;
    }
    struct text text = split_negation(condition);
    condition->present = condition->left->kind == TERM_NAME && text.s.len == 0;
    if (condition->present)
        return;
    warn_of_quotes(check, condition, &text);
    condition->pattern = quoted ? pattern_read_quoted(check, &text, slots) : pattern_read(check, &text);
}
