/* SPDX-License-Identifier: MIT */
#include "compiler/capture.h"

#include "grammar/image.h"

#include <string.h>

void capture_number(struct check *check, struct rule *rule) {
    rule->slots = 0;
    for (struct condition *condition = rule->conditions; condition; condition = condition->next) {
        struct pattern *pattern = condition->pattern;
        if (!pattern || pattern->groups == 0)
            continue;
        if (rule->slots + pattern->groups > IMAGE_SLOTS_MAX) {
            diag_report(check->diags, DIAG_LIMIT, pattern->text.span, "more than %d groups in one rule",
                        IMAGE_SLOTS_MAX);
            return;
        }
        pattern->first = rule->slots + 1;
        rule->slots += pattern->groups;
        for (unsigned i = 0; pattern->names && i < pattern->groups; i++) {
            const char *message;
            enum diag_code code;
            struct slice name = pattern->names[i];
            if (!name.at)
                continue;
            char *braces = memory_printf(check->memory, "{%.*s}", SLICE_ARG(name));
            if (capture_slot(check, slice_of(braces), rule->slots, &code, &message) != pattern->first + i)
                diag_report(check->diags, DIAG_PATTERN_SYNTAX, pattern->text.span,
                            "two groups of this rule are called '%.*s'", SLICE_ARG(name));
        }
    }
}

static const char *const counts[] = {"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
static const char *const ordinals[] = {"",        "a first", "a second",  "a third",   "a fourth",
                                       "a fifth", "a sixth", "a seventh", "an eighth", "a ninth"};

static const char *out_of_range(struct check *check, struct slice reference, uint64_t number, unsigned slots) {
    const struct rule *rule = check->rule;
    const char *group = number < 10 ? memory_printf(check->memory, "%s group", ordinals[number])
                                    : memory_printf(check->memory, "group %llu", (unsigned long long)number);
    const char *start = memory_printf(check->memory, "%%%.*s refers to %s", SLICE_ARG(reference), group);
    if (number <= rule->slots)
        return memory_printf(check->memory, "%s, which no line above this one has", start);
    if (rule->slots < 10)
        return memory_printf(check->memory, "%s, but this rule has %s%s", start, slots ? "only " : "",
                             counts[rule->slots]);
    return memory_printf(check->memory, "%s, but this rule has only %u", start, rule->slots);
}

static bool is_broken(const struct rule *rule) {
    bool broken = rule->broken;
    for (const struct condition *condition = rule->conditions; condition; condition = condition->next)
        broken |= condition->pattern && condition->pattern->broken;
    return broken;
}

static unsigned slot_named(const struct rule *rule, struct slice name) {
    for (const struct condition *condition = rule->conditions; condition; condition = condition->next) {
        const struct pattern *pattern = condition->pattern;
        if (!pattern || !pattern->names || !pattern->first)
            continue;
        for (unsigned i = 0; i < pattern->groups; i++)
            if (pattern->names[i].at && slice_equal(pattern->names[i], name))
                return pattern->first + i;
    }
    return 0;
}

unsigned capture_slot(struct check *check, struct slice reference, unsigned slots, enum diag_code *code,
                      const char **message) {
    bool braces = reference.len > 1 && reference.at[0] == '{';
    struct slice name = braces ? slice_cut(reference, 1, reference.len - 1) : reference;
    uint64_t number;
    *message = NULL;
    if (!slice_number(name, 1000000, &number)) {
        number = slot_named(check->rule, name);
        if (number && number <= slots)
            return (unsigned)number;
        *code = DIAG_CAPTURE_RANGE;
        if (!is_broken(check->rule)) /* the group may be in what could not be read */
            *message = memory_printf(check->memory,
                                     number ? "%%{%.*s} refers to a group that no line above this one has"
                                            : "no group of this rule is called '%.*s'",
                                     SLICE_ARG(name));
        return 0;
    }
    if (number > 0 && number <= slots)
        return (unsigned)number;
    *code = number ? DIAG_CAPTURE_RANGE : DIAG_CAPTURE_SYNTAX;
    if (number == 0)
        *message = memory_printf(check->memory, "%%%.*s is no group: they are counted from 1", SLICE_ARG(reference));
    else if (!check->rule->broken)
        *message = out_of_range(check, reference, number, slots);
    return 0;
}

/* Where the text goes while it is split. */
struct splitter {
    struct check *check;
    const struct text *text;
    struct piece *first, **last;
    char *bytes; /* of the plain text in hand */
    size_t count;
};

static void end_literal(struct splitter *splitter) {
    if (splitter->count == 0)
        return;
    struct piece *piece = memory_new(splitter->check->memory, sizeof *piece);
    piece->literal = (struct slice){splitter->bytes, splitter->count};
    splitter->bytes += splitter->count;
    splitter->count = 0;
    *splitter->last = piece;
    splitter->last = &piece->next;
}

/* Stands for a reference that was reported: the rest of the value can be judged as if it were a
 * good one. */
enum { UNKNOWN_SLOT = 1 };

static void add_insert(struct splitter *splitter, unsigned slot, struct span span) {
    end_literal(splitter);
    struct piece *piece = memory_new(splitter->check->memory, sizeof *piece);
    *piece = (struct piece){.slot = slot, .span = span};
    *splitter->last = piece;
    splitter->last = &piece->next;
}

static struct span first_groups(const struct rule *rule) {
    for (const struct condition *condition = rule->conditions; condition; condition = condition->next)
        if (condition->pattern && condition->pattern->first)
            return condition->pattern->text.span;
    return SPAN_NONE;
}

static bool is_hex_pair(struct slice s, size_t at) {
    return at + 1 < s.len && byte_is_hex((unsigned char)s.at[at]) && byte_is_hex((unsigned char)s.at[at + 1]);
}

static void help_with_percent(struct splitter *splitter, struct diag *diag, size_t at) {
    struct slice s = splitter->text->s;
    if (is_hex_pair(s, at + 1))
        diag_help(splitter->check->diags, diag, "for a '%%' in the text write '%%%%%.2s'", s.at + at + 1);
}

/* The reference at `at`, `length` bytes with its '%'. */
static void insert(struct splitter *splitter, size_t at, size_t length, unsigned slots) {
    struct check *check = splitter->check;
    struct slice reference = slice_cut(splitter->text->s, at + 1, at + length);
    struct span span = text_span(splitter->text, at, length);
    enum diag_code code;
    const char *message;
    if (reference.at[0] == '{' && !byte_is_digit((unsigned char)reference.at[1]))
        diag_report(check->diags, DIAG_EXTENSION, span, "%%{name} is an extension");
    unsigned slot = capture_slot(check, reference, slots, &code, &message);
    add_insert(splitter, slot ? slot : UNKNOWN_SLOT, span);
    if (slot || !message)
        return;
    struct diag *diag = diag_report(check->diags, code, span, "%s", message);
    struct span groups = first_groups(check->rule);
    if (code == DIAG_CAPTURE_RANGE && groups.source)
        diag_note(check->diags, diag, groups, "the groups are counted from here");
    help_with_percent(splitter, diag, at);
}

/* A '%' that inserts nothing stays. */
static void keep_percent(struct splitter *splitter, size_t at) {
    struct diag_list *diags = splitter->check->diags;
    struct diag *diag = diag_report(diags, DIAG_CAPTURE_LITERAL, text_span(splitter->text, at, 1),
                                    "this '%%' inserts nothing and stands for itself");
    if (is_hex_pair(splitter->text->s, at + 1))
        help_with_percent(splitter, diag, at);
    else
        diag_help(diags, diag, "write '%%%%'");
    splitter->bytes[splitter->count++] = '%';
}

/* Takes the '%' at `at`; answers how many bytes it was. */
static size_t percent(struct splitter *splitter, size_t at, unsigned slots) {
    struct slice s = splitter->text->s;
    char next = at + 1 < s.len ? s.at[at + 1] : '\0';
    if (next == '%') {
        splitter->bytes[splitter->count++] = '%';
        return 2;
    }
    if (byte_is_digit((unsigned char)next)) {
        insert(splitter, at, 2, slots);
        return 2;
    }
    size_t close = next == '{' ? slice_find(s, at, '}') : s.len;
    if (next == '{' && close == s.len) {
        struct span span = text_span(splitter->text, at, 2);
        diag_report(splitter->check->diags, DIAG_CAPTURE_SYNTAX, span, "'%%{' is not closed");
        add_insert(splitter, UNKNOWN_SLOT, span);
        return s.len - at;
    }
    if (next == '{') {
        insert(splitter, at, close + 1 - at, slots);
        return close + 1 - at;
    }
    keep_percent(splitter, at);
    return 1;
}

struct piece *capture_split(struct check *check, const struct text *text, unsigned slots) {
    struct splitter splitter = {.check = check, .text = text, .last = &splitter.first};
    splitter.bytes = memory_new(check->memory, text->s.len + 1);
    for (size_t at = 0; at < text->s.len;) {
        if (text->s.at[at] == '%')
            at += percent(&splitter, at, slots);
        else
            splitter.bytes[splitter.count++] = text->s.at[at++];
    }
    end_literal(&splitter);
    return splitter.first;
}

bool capture_inserts(const struct piece *pieces) {
    while (pieces && !pieces->slot)
        pieces = pieces->next;
    return pieces != NULL;
}

struct slice capture_constant(const struct piece *pieces) {
    return pieces ? pieces->literal : SLICE_EMPTY;
}
