/* SPDX-License-Identifier: MIT */
/* The form of a plan's text (language.md section 2): trees out of tokens. What names mean, and whether they may stand
 * where they stand, is the business of compiler/check.c. The same grammar reads a condition in quotes. */
%code requires {
#include "compiler/scan.h"
}

%define api.prefix {plan_}
%define api.pure full
%define api.value.type union
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%lex-param {void *scanner}
%parse-param {void *scanner} {struct scan *scan}

%initial-action {
    @$ = scan_span(scan, 0, 0);
}

%code {
#include "grammar/plan.lex.h"

#define YYLLOC_DEFAULT(now, parts, count) \
    do { \
        (now) = YYRHSLOC(parts, (count) ? 1 : 0); \
        if (count) \
            (now).end = YYRHSLOC(parts, count).end; \
        else \
            (now).start = (now).end; \
    } while (0)

static void plan_error(struct span *place, void *scanner, struct scan *scan, const char *message);

static struct span behind(struct span span) {
    span.start = span.end;
    return span;
}
}

%token END 0 "the end of the text"
%token PLAN CONDITION
%token SEPARATOR "a line of dashes"
%token EOL "the end of the line"
%token <struct text> TITLE "the name of a section"
%token <struct text> STRING "a string"
%token <struct text> WORD "$name"
%token <struct text> ENVIRONMENT "&name"
%token <struct text> NAME "a header"
%token <struct text> NUMBER "a number"
%token <struct text> VALUE "a value"
%nterm <struct term *> left argument
%nterm <struct arguments> arguments
%nterm <bool> bang

%%

text:
    PLAN lines END
|   CONDITION condition EOL END
;

/* Whatever is wrong behind the name of a section, it is the one that was meant: with it the lines below make sense. */
lines:
    %empty
|   lines line
;

line:
    '[' TITLE ']' EOL           { build_section(scan->build, $2, NULL, @2); }
|   '[' TITLE ']' error EOL     { build_section(scan->build, $2, NULL, @2); yyerrok; }
|   '[' TITLE STRING ']' EOL    { build_section(scan->build, $2, &$3, @2); }
|   '[' TITLE STRING error EOL  { build_section(scan->build, $2, &$3, @2); yyerrok; }
|   SEPARATOR                   { build_separator(scan->build); }
|   left EOL                    { build_line(scan->build, $1, NULL, @1); }
|   left '=' EOL                { build_line(scan->build, $1, &(struct text){SLICE_EMPTY, behind(@2), NULL}, @$); }
|   left '=' VALUE EOL          { build_line(scan->build, $1, &$3, @$); }
|   error EOL                   { build_broken_line(scan->build); yyerrok; }
;

condition:
    bang left                   { build_quoted(scan->build, $1, $2, NULL, @$); }
|   bang left '='               {
        build_quoted(scan->build, $1, $2, &(struct text){SLICE_EMPTY, behind(@3), NULL}, @$);
    }
|   bang left '=' VALUE         { build_quoted(scan->build, $1, $2, &$4, @$); }
|   error
;

bang:
    %empty                      { $$ = false; }
|   '!'                         { $$ = true; }
;

left:
    NAME                        { $$ = build_term(scan->build, TERM_NAME, $1, @$); }
|   ENVIRONMENT                 { $$ = build_term(scan->build, TERM_ENVIRONMENT, $1, @$); }
|   WORD                        { $$ = build_term(scan->build, TERM_WORD, $1, @$); }
|   WORD '(' ')'                { $$ = build_term(scan->build, TERM_WORD, $1, @$); }
|   WORD '(' arguments ')'      { $$ = build_call(scan->build, $1, $3, @$); }
;

arguments:
    argument                    { $$ = build_argument((struct arguments){0}, $1); }
|   arguments ',' argument      { $$ = build_argument($1, $3); }
;

argument:
    left
|   STRING                      { $$ = build_term(scan->build, TERM_STRING, $1, @$); }
|   NUMBER                      { $$ = build_term(scan->build, TERM_NUMBER, $1, @$); }
;

%%

/* Bison says so only when memory is out: plan_parse() answers 2. */
static void plan_error(struct span *place, void *scanner, struct scan *scan, const char *message) {
    (void)place, (void)scanner, (void)scan, (void)message;
}

enum { EXPECTED_MAX = 3 };

static const char *expected(const yypcontext_t *context, struct scan *scan) {
    yysymbol_kind_t kinds[YYNTOKENS];
    int count = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
    const char *text = yysymbol_name(kinds[0]);
    for (int i = 0; i < count; i++)
        if (kinds[i] == YYSYMBOL_SEPARATOR)
            return "a section or a line 'left = value'";
    if (count > EXPECTED_MAX)
        return "an argument";
    for (int i = 1; i < count; i++)
        text = memory_printf(scan->build->memory, i + 1 < count ? "%s, %s" : "%s or %s", text, yysymbol_name(kinds[i]));
    return text;
}

/* What to write instead, for what many people try first; NULL for all else. */
static const char *mend(const struct scan *scan, struct slice text, size_t at, bool unknown) {
    size_t before = at;
    while (before && (text.at[before - 1] == ' ' || text.at[before - 1] == '\t'))
        before--;
    if (text.at[at] == '!' || (before && text.at[before - 1] == '!'))
        return "the '!' of a negation stands behind the '=': 'To = !pattern'";
    if (unknown && scan->depth > scan->outer)
        return "an argument that is no name, number or function stands in quotes: \"10.0.0.0/8\"";
    return NULL;
}

/* At most three expected things: more help nobody. */
static int yyreport_syntax_error(const yypcontext_t *context, void *scanner, struct scan *scan) {
    (void)scanner;
    const struct span *place = yypcontext_location(context);
    yysymbol_kind_t kind = yypcontext_token(context);
    struct diag_list *diags = scan->build->diags;
    if (kind == YYSYMBOL_YYEOF || kind == YYSYMBOL_EOL) {
        diag_report(diags, DIAG_SYNTAX, *place, "nothing here, expected %s", expected(context, scan));
        return 0;
    }
    struct slice text = slice_cut(place->source->text, place->start, place->end);
    uint32_t point = 0;
    const char *name = ""; /* many of those that no plan has cannot be seen */
    bool unknown = kind == YYSYMBOL_YYUNDEF;
    if (unknown && utf8_read(text, 0, &point) > 1)
        name = memory_printf(scan->build->memory, " (U+%04X)", (unsigned)point);
    struct diag *diag = diag_report(diags, DIAG_SYNTAX, *place, "unexpected '%.*s'%s, expected %s", SLICE_ARG(text),
                                    name, expected(context, scan));
    const char *help = mend(scan, place->source->text, place->start, unknown);
    if (help)
        diag_help(diags, diag, "%s", help);
    scan->skip = true;
    return 0;
}
