/* SPDX-License-Identifier: MIT */
#include "compiler/names.h"

#include "grammar/near.h"

static const char failover_prefix[] = "failover.";
enum { FAILOVER_PREFIX = sizeof failover_prefix - 1 };

enum word names_word(struct check *check, const struct term *term) {
    struct slice name = term->text.s;
    enum word word = word_named(name);
    if (word < WORD_COUNT)
        return word;
    struct diag *diag = diag_report(check->diags, DIAG_FUNCTION_UNKNOWN, term_name_span(term),
                                    "no function is called '$%.*s'", SLICE_ARG(name));
    struct near near;
    near_start(&near, name);
    for (enum word id = 0; id < WORD_COUNT; id++)
        near_try(&near, words[id].name);
    if (variable_named(name) < VARIABLE_COUNT)
        diag_help(check->diags, diag, "'$%.*s' is set in [Deploy Patterns]", SLICE_ARG(name));
    else if (near.best)
        diag_help(check->diags, diag, "did you mean '$%s'?", near.best);
    return WORD_COUNT;
}

enum variable names_variable(struct check *check, const struct term *term) {
    struct slice name = term->text.s;
    enum variable variable = variable_named(name);
    if (variable < VARIABLE_COUNT)
        return variable;
    struct diag *diag = diag_report(check->diags, DIAG_VARIABLE_UNKNOWN, term_name_span(term),
                                    "no variable is called '$%.*s'", SLICE_ARG(name));
    struct near near;
    near_start(&near, name);
    for (enum variable id = 0; id < VARIABLE_COUNT; id++)
        near_try(&near, variables[id].name);
    if (word_named(name) < WORD_COUNT)
        diag_help(check->diags, diag, "'$%.*s' is a function of [Matching Patterns]", SLICE_ARG(name));
    else if (slice_starts_same(name, slice_of(failover_prefix)))
        diag_help(check->diags, diag, "did you mean '&%.*s'?", SLICE_ARG(name));
    else if (near.best)
        diag_help(check->diags, diag, "did you mean '$%s'?", near.best);
    return VARIABLE_COUNT;
}

/* What somebody meant who wrote a word of the language where a header is expected; "" for nothing
 * of the kind. */
static const char *sigil_missing(struct slice name) {
    if (word_named(name) < WORD_COUNT || variable_named(name) < VARIABLE_COUNT)
        return "$";
    if (slice_starts_same(name, slice_of(failover_prefix)))
        return "&";
    return "";
}

/* `!To = x`: a '!' may stand in a header's name (RFC 3261 25.1), and in none that anybody knows. */
static bool report_bang(struct check *check, const struct text *name) {
    struct slice rest = slice_from(name->s, 1);
    if (name->s.at[0] != '!' || header_named(rest) == HEADER_OTHER)
        return false;
    struct diag *diag = diag_report(check->diags, DIAG_HEADER_NEAR, name->span, "'%.*s' is no header that is known",
                                    SLICE_ARG(name->s));
    diag_help(check->diags, diag, "the '!' of a negation stands behind the '=': '%.*s = !pattern'", SLICE_ARG(rest));
    return true;
}

static void report_near(struct check *check, const struct text *name) {
    struct near near;
    near_start(&near, name->s);
    for (enum header id = 0; id < HEADER_COUNT; id++)
        near_try(&near, headers[id].name);
    /* Headers are many more than those of headers.def: only what is very near is a slip of the pen.
     */
    if (!near.best || near.distance > (name->s.len < 8 ? 1 : name->s.len / 4))
        return;
    struct diag *diag = diag_report(check->diags, DIAG_HEADER_NEAR, name->span, "'%.*s' is no header that is known",
                                    SLICE_ARG(name->s));
    diag_help(check->diags, diag, "did you mean '%s'?", near.best);
}

bool names_header(struct check *check, const struct text *name, enum header *header) {
    *header = header_named(name->s);
    if (*header != HEADER_OTHER)
        return true;
    const char *sigil = sigil_missing(name->s);
    bool property = slice_same(name->s, SLICE("description")) || slice_same(name->s, SLICE("disabled"));
    bool percent = slice_find(name->s, 0, '%') < name->s.len; /* legal there, and never meant */
    if (sigil[0] == '\0' && !property && !percent && name->s.at[0] != '_') {
        if (!report_bang(check, name))
            report_near(check, name);
        return true;
    }
    struct diag *diag =
        diag_report(check->diags, DIAG_HEADER_UNKNOWN, name->span, "'%.*s' is no header", SLICE_ARG(name->s));
    if (property)
        diag_help(check->diags, diag, "'%.*s' stands between [Rule] and [Matching Patterns]", SLICE_ARG(name->s));
    else if (sigil[0])
        diag_help(check->diags, diag, "did you mean '%s%.*s'?", sigil, SLICE_ARG(name->s));
    else if (name->s.at[0] == '_')
        diag_help(check->diags, diag, "'_Header' stands in [Deploy Patterns] alone, with a header behind the '_'");
    else if (percent)
        diag_help(check->diags, diag, "nothing is inserted in the name of a header");
    return false;
}

static struct environment_name **bucket(struct check *check, struct slice name) {
    uint32_t sum = 0;
    for (size_t i = 0; i < name.len; i++)
        sum = sum * 31 + (unsigned char)byte_lower((unsigned char)name.at[i]);
    return &check->read[sum % ENVIRONMENT_BUCKETS];
}

bool names_is_read(struct check *check, struct slice name) {
    const struct environment_name *entry = *bucket(check, name);
    while (entry && !slice_same(entry->name, name))
        entry = entry->next;
    return entry != NULL;
}

void names_read(struct check *check, struct slice name) {
    if (names_is_read(check, name))
        return;
    struct environment_name **head = bucket(check, name), *entry = memory_new(check->memory, sizeof *entry);
    *entry = (struct environment_name){name, *head};
    *head = entry;
}

enum failover_setting names_setting(struct check *check, const struct term *term) {
    const struct text *name = &term->text;
    bool failover = slice_starts_same(name->s, slice_of(failover_prefix));
    enum failover_setting setting =
        failover ? failover_setting_named(slice_from(name->s, FAILOVER_PREFIX)) : FAILOVER_COUNT;
    if (setting < FAILOVER_COUNT || names_is_read(check, name->s))
        return setting;
    struct diag *diag = diag_report(check->diags, DIAG_ENVIRONMENT_UNKNOWN, term_name_span(term),
                                    "'&%.*s' has no meaning, and no condition reads it", SLICE_ARG(name->s));
    struct near near;
    near_start(&near, failover ? slice_from(name->s, FAILOVER_PREFIX) : name->s);
    for (enum failover_setting id = 0; id < FAILOVER_COUNT; id++)
        near_try(&near, failover_settings[id].name);
    if (near.best)
        diag_help(check->diags, diag, "did you mean '&%s%s'?", failover_prefix, near.best);
    return FAILOVER_COUNT;
}

void names_refuse_transport(struct check *check, const struct text *text, const char *help) {
    struct diag *diag = diag_report(check->diags, DIAG_VALUE_TRANSPORT, text->span,
                                    "'%.*s' is no transport, expected UDP, TCP, TLS, WS or WSS", SLICE_ARG(text->s));
    struct near near;
    near_start(&near, text->s);
    for (enum transport id = 0; id < TRANSPORT_COUNT; id++)
        near_try(&near, transports[id].name);
    if (near.best)
        diag_help(check->diags, diag, "did you mean '%s'?", near.best);
    else if (help)
        diag_help(check->diags, diag, "%s", help);
}

/* The first word of "a|b|c", which becomes "b|c". */
static const char *next_choice(struct check *check, const char **choices) {
    struct slice rest = slice_of(*choices);
    size_t end = slice_find(rest, 0, '|');
    *choices += end + (end < rest.len);
    return memory_printf(check->memory, "%.*s", (int)end, rest.at);
}

const char *names_choices(struct check *check, const char *choices) {
    const char *text = next_choice(check, &choices);
    while (*choices) {
        const char *word = next_choice(check, &choices);
        text = memory_printf(check->memory, *choices ? "%s, %s" : "%s or %s", text, word);
    }
    return text;
}

const char *names_near_choice(struct check *check, const char *choices, struct slice word) {
    struct near near;
    near_start(&near, word);
    while (*choices)
        near_try(&near, next_choice(check, &choices));
    return near.best;
}
