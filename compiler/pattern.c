/* SPDX-License-Identifier: MIT */
#include "compiler/pattern.h"

#include "compiler/capture.h"
#include "grammar/causes.h"
#include "runtime/regex/match.h"

#include <errno.h>
#include <string.h>

enum { PROBLEMS_MAX = 32, STEPS_MAX = 1000000 };

struct quoted {
    struct check *check;
    unsigned slots;
};

static unsigned insert_slot(void *context, struct slice reference, const char **message) {
    struct quoted *quoted = context;
    enum diag_code code;
    unsigned slot = capture_slot(quoted->check, reference, quoted->slots, &code, message);
    if (!slot && !*message)
        *message = ""; /* reported elsewhere */
    return slot;
}

/* Code and sets out of the arena that the next pattern is built in. */
static void keep_program(struct check *check, struct pattern *pattern, const struct rx_program *built) {
    struct image_rx *code = memory_new(check->memory, built->count * sizeof *code);
    struct image_set *sets = memory_new(check->memory, (built->set_count + 1) * sizeof *sets);
    memcpy(code, built->code, built->count * sizeof *code);
    if (built->set_count)
        memcpy(sets, built->sets, built->set_count * sizeof *sets);
    pattern->program = *built;
    pattern->program.code = code;
    pattern->program.sets = sets;
}

static void keep_names(struct check *check, struct pattern *pattern, const struct rx_tree *tree) {
    for (unsigned i = 0; i < pattern->groups; i++) {
        struct slice name = rx_group_name(tree, i + 1);
        if (!name.at)
            continue;
        if (!pattern->names)
            pattern->names = memory_new(check->memory, pattern->groups * sizeof *pattern->names);
        pattern->names[i] = memory_copy(check->memory, name);
    }
}

static void report(struct check *check, const struct text *text, const struct rx_problem *problems, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        const struct rx_problem *problem = &problems[i];
        if (problem->message[0] == '\0')
            continue;
        struct diag *diag = diag_report(check->diags, problem->code, text_span(text, problem->at, problem->length),
                                        "%s", problem->message);
        if (problem->help)
            diag_help(check->diags, diag, "%s", problem->help);
    }
}

static struct pattern *read_pattern(struct check *check, const struct text *text, const struct rx_input *input) {
    struct pattern *pattern = memory_new(check->memory, sizeof *pattern);
    *pattern = (struct pattern){.text = *text, .groups = rx_group_count(text->s)};
    struct rx_problem problems[PROBLEMS_MAX];
    unsigned count = 0;
    struct rx_tree *tree;
    struct rx_program built;
    arena_reset(&check->memory->scratch);
    int result = rx_parse(&tree, &check->memory->scratch, input, problems, PROBLEMS_MAX, &count);
    report(check, text, problems, count < PROBLEMS_MAX ? count : PROBLEMS_MAX);
    pattern->broken = result == -EINVAL;
    if (result == 0) {
        keep_names(check, pattern, tree);
        result = rx_build(&built, &check->memory->scratch, tree);
    }
    if (result == 0)
        keep_program(check, pattern, &built);
    else if (result == -ENOMEM)
        memory_out(check->memory);
    return pattern;
}

/* "%1" in a pattern looks like an insert and is none; "%2B" looks like an escaped character of a
 * URI. */
static void warn_of_percent(struct check *check, const struct text *text) {
    struct slice s = text->s;
    for (size_t at = slice_find(s, 0, '%'); at + 1 < s.len; at = slice_find(s, at + 1, '%')) {
        bool hex =
            at + 2 < s.len && byte_is_hex((unsigned char)s.at[at + 1]) && byte_is_hex((unsigned char)s.at[at + 2]);
        bool insert = s.at[at + 1] == '{' || (s.at[at + 1] >= '1' && s.at[at + 1] <= '9' && !hex);
        if (!insert)
            continue;
        struct diag *diag = diag_report(check->diags, DIAG_PATTERN_PERCENT, text_span(text, at, 2),
                                        "in a pattern '%.2s' is literal and inserts nothing", s.at + at);
        diag_help(check->diags, diag, "write '[%%]' when the character is meant");
    }
}

struct pattern *pattern_read(struct check *check, const struct text *text) {
    warn_of_percent(check, text);
    return read_pattern(check, text, &(struct rx_input){.text = text->s});
}

static void warn_of_names(struct check *check, const struct text *text) {
    struct slice s = text->s;
    for (size_t at = 0; at + 2 < s.len; at++) {
        if (s.at[at] != '%')
            continue;
        if (s.at[at + 1] == '{' && !byte_is_digit((unsigned char)s.at[at + 2]))
            diag_report(check->diags, DIAG_EXTENSION, text_span(text, at, 2), "%%{name} is an extension");
        at += s.at[at + 1] == '%';
    }
}

struct pattern *pattern_read_quoted(struct check *check, const struct text *text, unsigned slots) {
    struct quoted quoted = {check, slots};
    warn_of_names(check, text);
    return read_pattern(
        check, text,
        &(struct rx_input){.text = text->s, .options = RX_INSERTS, .insert = insert_slot, .context = &quoted});
}

static bool finds(const struct pattern *pattern, struct slice subject, uint64_t *steps, struct rx_scratch *scratch) {
    return rx_search(&pattern->program, subject, NULL, NULL, steps, scratch) == RX_FOUND;
}

static struct rx_scratch *scratch_for(struct check *check) {
    struct rx_scratch *scratch = rx_scratch_new();
    if (!scratch)
        memory_out(check->memory);
    return scratch;
}

unsigned pattern_finds_code(struct check *check, const struct pattern *pattern, unsigned first, unsigned last) {
    uint64_t steps = STEPS_MAX;
    if (pattern->broken)
        return 0;
    struct rx_scratch *scratch = scratch_for(check);
    unsigned code = first;
    for (; code <= last; code++) {
        char text[] = {(char)('0' + code / 100), (char)('0' + code / 10 % 10), (char)('0' + code % 10)};
        if (finds(pattern, (struct slice){text, sizeof text}, &steps, scratch))
            break;
    }
    rx_scratch_free(scratch);
    return code <= last ? code : 0;
}

bool pattern_finds_cause(struct check *check, const struct pattern *pattern) {
    uint64_t steps = STEPS_MAX;
    bool found = false;
    struct rx_scratch *scratch = scratch_for(check);
    for (enum cause cause = CAUSE_NONE + 1; cause < CAUSE_COUNT && !found; cause++)
        found = cause_kinds[cause] != CAUSE_KIND_RESPONSE && cause_kinds[cause] != CAUSE_KIND_NEITHER &&
                finds(pattern, slice_of(causes[cause]), &steps, scratch);
    rx_scratch_free(scratch);
    return found;
}
