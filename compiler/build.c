/* SPDX-License-Identifier: MIT */
#include "compiler/build.h"

#include "grammar/hash.h"
#include "grammar/lines.h"
#include "grammar/near.h"
#include "grammar/value.h"

#include <string.h>

enum section {
#define SECTION(ID, ...) SECTION_##ID,
#include "grammar/sections.def"
    SECTION_COUNT
};

enum section_argument { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_NEEDED };
enum { TAG_B = false, TAG_X = true };

static const struct section_row {
    const char *name;
    enum section_argument argument;
    bool extension;
} sections[SECTION_COUNT] = {
#define SECTION(ID, NAME, ARGUMENT, TAG, DOC) [SECTION_##ID] = {NAME, ARGUMENT_##ARGUMENT, TAG_##TAG},
#include "grammar/sections.def"
};

/* A title with one blank between its words. */
static struct slice plain_title(struct build *build, struct slice title) {
    char *bytes = memory_new(build->memory, title.len + 1);
    size_t count = 0;
    for (size_t at = 0; at < title.len;) {
        unsigned blank = blank_at(title, at);
        if (!blank)
            bytes[count++] = title.at[at++];
        else if (bytes[count - 1] != ' ')
            bytes[count++] = ' ';
        at += blank;
    }
    return (struct slice){bytes, count};
}

/* The section that was meant: by letters, or by its first word. */
static enum section nearest(struct slice title, enum section fallback) {
    struct near near;
    near_start(&near, title);
    enum section best = fallback;
    struct slice word = slice_cut(title, 0, slice_find(title, 0, ' '));
    for (enum section section = 0; section < SECTION_COUNT; section++) {
        near_try(&near, sections[section].name);
        if (near.best == sections[section].name)
            best = section;
        else if (!near.best && best == SECTION_COUNT && word.len > 2 &&
                 slice_starts_same(slice_of(sections[section].name), word))
            best = section;
    }
    return best;
}

static enum section section_named(struct slice title) {
    enum section section = 0;
    while (section < SECTION_COUNT && !slice_same(title, slice_of(sections[section].name)))
        section++;
    return section;
}

/* A misspelt one is taken for the one that was meant. */
static enum section section_meant(struct build *build, struct slice title, struct span span) {
    enum section section = nearest(title, SECTION_COUNT);
    struct slice name = slice_of(section < SECTION_COUNT ? sections[section].name : "");
    bool unquoted = name.len && name.len < title.len && slice_starts_same(title, name) && title.at[name.len] == ' ' &&
                    sections[section].argument != ARGUMENT_NONE;
    struct diag *diag =
        diag_report(build->diags, DIAG_SECTION_UNKNOWN, span, "no section is called '%.*s'", SLICE_ARG(title));
    if (unquoted)
        diag_help(build->diags, diag, "did you mean [%.*s \"%.*s\"]?", SLICE_ARG(name),
                  SLICE_ARG(slice_from(title, name.len + 1)));
    else if (name.len)
        diag_help(build->diags, diag, "did you mean [%.*s]?", SLICE_ARG(name));
    else
        diag_help(build->diags, diag, "a rule has [%s] and [%s]", sections[SECTION_MATCHING].name,
                  sections[SECTION_DEPLOY].name);
    return section;
}

static void name_rule(struct build *build, struct rule *rule);

static struct rule *start_rule(struct build *build, struct span span) {
    build_end(build);
    struct rule *rule = memory_new(build->memory, sizeof *rule);
    rule->span = span;
    rule->preliminary = build->preliminary;
    rule->last_condition = &rule->conditions;
    rule->last_deploy = &rule->deploys;
    *build->plan->last_rule = rule;
    build->plan->last_rule = &rule->next;
    build->plan->count++;
    return build->rule = rule;
}

void build_end(struct build *build) {
    struct rule *rule = build->rule;
    build->rule = NULL;
    build->at = AT_NOTHING;
    build->stray = false;
    if (rule && rule->named && !rule->broken && !rule->conditions && !rule->deploys)
        diag_report(build->diags, DIAG_RULE_EMPTY, rule->span, "a rule without conditions and deploy lines");
}

static void enter_matching(struct build *build, struct span span) {
    if (build->at == AT_MATCHING) {
        struct diag *diag = diag_report(build->diags, DIAG_SECTION_ORDER, span,
                                        "a second [Matching Patterns] without a [Deploy Patterns] between");
        diag_note(build->diags, diag, build->rule->span, "the rule starts here");
        diag_help(build->diags, diag, "a line of dashes ends a rule without deploy patterns");
        return;
    }
    if (build->at != AT_RULE)
        start_rule(build, span);
    build->at = AT_MATCHING;
}

static void enter_deploy(struct build *build, struct span span) {
    if (build->at != AT_RULE && build->at != AT_MATCHING)
        start_rule(build, span);
    build->at = AT_DEPLOY;
}

static void enter_rule(struct build *build, const struct text *name, bool preliminary, struct span span) {
    struct rule *rule = start_rule(build, span);
    rule->preliminary |= preliminary;
    rule->named = true;
    build->at = AT_RULE;
    if (!name)
        return;
    rule->name = *name;
    if (name->s.len == 0)
        diag_report(build->diags, DIAG_SYNTAX, span, "an empty name");
    else
        name_rule(build, rule);
}

static void enter(struct build *build, enum section section, const struct text *argument, struct span span) {
    switch (section) {
    case SECTION_MATCHING:
    case SECTION_MATCHING_ONE: enter_matching(build, span); break;
    case SECTION_DEPLOY:
    case SECTION_DEPLOY_ONE: enter_deploy(build, span); break;
    case SECTION_RULE: enter_rule(build, argument, false, span); break;
    case SECTION_PRELIMINARY_RULE: enter_rule(build, argument, true, span); break;
    case SECTION_PRELIMINARY:
    case SECTION_RULES:
        build_end(build);
        build->preliminary = section == SECTION_PRELIMINARY;
        break;
    case SECTION_INCLUDE: {
        bool preliminary = build->preliminary;
        build_end(build);
        if (argument)
            build->include(build, argument);
        build->preliminary = preliminary;
        break;
    }
    case SECTION_COUNT: build_end(build); build->at = AT_UNKNOWN;
    }
}

void build_section(struct build *build, struct text title, const struct text *argument, struct span span) {
    struct slice name = plain_title(build, title.s);
    enum section section = section_named(name);
    bool known = section < SECTION_COUNT;
    if (!known)
        section = section_meant(build, name, span);
    if (section < SECTION_COUNT) {
        const struct section_row *row = &sections[section];
        if (row->extension)
            diag_report(build->diags, DIAG_EXTENSION, span, "[%s] is an extension", row->name);
        if (row->argument == ARGUMENT_NONE && argument)
            diag_report(build->diags, DIAG_SYNTAX, argument->span, "[%s] takes no name", row->name);
        if (row->argument == ARGUMENT_NEEDED && !argument && known)
            diag_report(build->diags, DIAG_SYNTAX, span, "[%s] without a \"file\"", row->name);
    }
    enter(build, section, argument, span);
}

void build_separator(struct build *build) {
    build_end(build);
}

/* Hash table of names with open addressing, at most half full. */
static struct rule **name_place(struct build *build, struct slice name) {
    uint32_t at = (uint32_t)hash_open(name.at, name.len);
    while (build->names[at &= build->name_room - 1] && !slice_equal(build->names[at]->name.s, name))
        at++;
    return &build->names[at];
}

static void make_room(struct build *build) {
    struct rule **before = build->names;
    uint32_t room = build->name_room;
    build->name_room = room ? 2 * room : 16;
    build->names = memory_new(build->memory, build->name_room * sizeof *build->names);
    for (uint32_t i = 0; i < room; i++)
        if (before[i])
            *name_place(build, before[i]->name.s) = before[i];
}

static void name_rule(struct build *build, struct rule *rule) {
    if (2 * build->name_count >= build->name_room)
        make_room(build);
    struct rule **place = name_place(build, rule->name.s);
    if (*place) {
        struct diag *diag = diag_report(build->diags, DIAG_RULE_NAME, rule->name.span, "a second rule is called '%.*s'",
                                        SLICE_ARG(rule->name.s));
        diag_note(build->diags, diag, (*place)->name.span, "the first one is here");
        return;
    }
    *place = rule;
    build->name_count++;
}

/* Between [Rule] and its sections. */
static void build_property(struct build *build, const struct term *left, const struct text *value) {
    struct rule *rule = build->rule;
    struct slice name = left->text.s;
    bool description = left->kind == TERM_NAME && slice_same(name, SLICE("description"));
    if (!description && !(left->kind == TERM_NAME && slice_same(name, SLICE("disabled")))) {
        diag_report(build->diags, DIAG_SYNTAX, left->span,
                    "'%.*s' cannot stand here, expected description, disabled or a section", SLICE_ARG(name));
        return;
    }
    diag_report(build->diags, DIAG_EXTENSION, left->span, "'%.*s' is an extension", SLICE_ARG(name));
    if (!value)
        diag_report(build->diags, DIAG_VALUE_MISSING, left->span, "'%.*s' without '='", SLICE_ARG(name));
    else if (description)
        rule->description = *value;
    else if (!boolean_parse(&rule->disabled, value->s))
        diag_report(build->diags, DIAG_VALUE_BOOLEAN, value->span, "'%.*s' is neither true nor false",
                    SLICE_ARG(value->s));
}

static struct condition *make_condition(struct build *build, struct term *left, const struct text *value,
                                        struct span span) {
    struct condition *condition = memory_new(build->memory, sizeof *condition);
    *condition = (struct condition){.span = span, .left = left, .valued = value != NULL};
    if (value)
        condition->value = *value;
    return condition;
}

static void add_deploy(struct build *build, struct term *left, const struct text *value, struct span span) {
    struct deploy *deploy = memory_new(build->memory, sizeof *deploy);
    *deploy = (struct deploy){.span = span, .left = left, .valued = value != NULL};
    if (value)
        deploy->value = *value;
    *build->rule->last_deploy = deploy;
    build->rule->last_deploy = &deploy->next;
}

void build_line(struct build *build, struct term *left, const struct text *value, struct span span) {
    if (build->rule && build->rule->lines++ >= BUILD_LINES_MAX) {
        if (build->rule->lines == BUILD_LINES_MAX + 1)
            diag_report(build->diags, DIAG_LIMIT, span, "more than %d lines in one rule", BUILD_LINES_MAX);
        return;
    }
    switch (build->at) {
    case AT_NOTHING:
        if (!build->stray)
            diag_report(build->diags, DIAG_SYNTAX, span, "a line outside of a rule, expected a section before it");
        build->stray = true;
        break;
    case AT_RULE: build_property(build, left, value); break;
    case AT_MATCHING: {
        struct condition *condition = make_condition(build, left, value, span);
        *build->rule->last_condition = condition;
        build->rule->last_condition = &condition->next;
        break;
    }
    case AT_DEPLOY: add_deploy(build, left, value, span); break;
    case AT_UNKNOWN: break;
    }
}

void build_broken_line(struct build *build) {
    if (build->rule)
        build->rule->broken = true;
}

void build_quoted(struct build *build, bool negated, struct term *left, const struct text *value, struct span span) {
    build->condition = make_condition(build, left, value, span);
    build->condition->negated = negated;
}

struct term *build_term(struct build *build, enum term_kind kind, struct text text, struct span span) {
    struct term *term = memory_new(build->memory, sizeof *term);
    *term = (struct term){.kind = kind, .span = span, .text = text};
    return term;
}

struct term *build_call(struct build *build, struct text name, struct arguments arguments, struct span span) {
    struct term *term = build_term(build, TERM_WORD, name, span);
    term->arguments = arguments.first;
    term->count = arguments.count;
    return term;
}

struct arguments build_argument(struct arguments before, struct term *argument) {
    if (before.last)
        before.last->next = argument;
    else
        before.first = argument;
    before.last = argument;
    before.count++;
    return before;
}
