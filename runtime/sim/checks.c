/* SPDX-License-Identifier: MIT */
#include "runtime/sim/checks.h"

#include "grammar/json.h"

static const struct slice URI = SLICE("URI"), BODY = SLICE("body"), REASON = SLICE("reason"),
                          CONNECTION = SLICE("connection"), LENGTH = SLICE("length"), FLOWS = SLICE("flows");

/* Patterns. */

static void keep_variables(struct play *play, const struct rx_tree *tree, struct slice subject,
                           const struct rx_group *groups) {
    for (unsigned g = 1; g <= rx_groups(tree); g++) {
        struct slice name = rx_group_name(tree, g);
        struct variable_text *variable;
        if (!name.at || groups[g].at < 0)
            continue;
        variable = arena_alloc(play->arena, sizeof *variable);
        if (!variable)
            return;
        variable->name = arena_copy(play->arena, name);
        variable->value = slice_cut(subject, (size_t)groups[g].at, (size_t)groups[g].end);
        variable->next = play->variables;
        play->variables = variable;
    }
}

static bool matches(struct play *play, unsigned line, struct slice pattern, struct slice subject) {
    struct rx_input input = {.text = play_expand(play, line, pattern)};
    struct rx_problem problem;
    struct rx_tree *tree;
    struct rx_program program;
    struct rx_group groups[IMAGE_GROUPS_MAX + 1];
    uint64_t steps = 1000000;
    unsigned count = 0;
    int error = rx_parse(&tree, play->arena, &input, &problem, 1, &count);
    if (error == 0)
        error = rx_build(&program, play->arena, tree);
    if (error) {
        play_fail(play, line, "the pattern %.*s cannot be used: %s", SLICE_ARG(pattern),
                  count ? problem.message : "it is too large");
        return false;
    }
    if (rx_search(&program, subject, NULL, groups, &steps, play->scratch) != RX_FOUND)
        return false;
    keep_variables(play, tree, subject, groups);
    return true;
}

/* Headers. */

/* Value n of what a field names; null: there are fewer. */
static struct slice subject_of(const struct exchange *exchange, struct slice name, unsigned n) {
    const struct letter *message = &exchange->message;
    if (slice_equal(name, URI))
        return n ? SLICE_NULL : message->uri;
    if (slice_equal(name, BODY))
        return n ? SLICE_NULL : message->body;
    if (slice_equal(name, REASON))
        return n ? SLICE_NULL : message->reason;
    if (slice_equal(name, CONNECTION))
        return n ? SLICE_NULL : exchange->connection;
    if (slice_equal(name, LENGTH))
        return n ? SLICE_NULL : exchange->length;
    if (slice_equal(name, FLOWS))
        return n ? SLICE_NULL : exchange->flows;
    for (unsigned h = 0; h < message->count; h++)
        if (letter_same_name(message->headers[h].name, name) && n-- == 0)
            return message->headers[h].value;
    return SLICE_NULL;
}

static void fail_field(struct play *play, const struct story_field *field, const struct exchange *exchange,
                       const char *expected) { /* NULL: there was no memory for it */
    struct page text;
    struct slice value;
    page_init(&text, play->arena);
    page_printf(&text, "expected  %s\n    but       ", expected ? expected : "something else");
    if (!subject_of(exchange, field->name, 0).at)
        page_printf(&text, "there is no %.*s", SLICE_ARG(field->name));
    for (unsigned n = 0; (value = subject_of(exchange, field->name, n)).at; n++)
        page_printf(&text, "%s%.*s: %.*s", n ? "\n              " : "", SLICE_ARG(field->name), SLICE_ARG(value));
    page_add(&text, SLICE("\n    in        "));
    exchange_print(&text, exchange);
    play_fail(play, field->line, "%.*s", SLICE_ARG(page_slice(&text)));
}

/* The lines of one name are, one by one, those that the fields of that name give. `field` is the first of them. */
static void check_values(struct play *play, const struct story_step *step, const struct story_field *field,
                         const struct exchange *exchange) {
    unsigned n = 0;
    for (const struct story_field *earlier = step->fields; earlier != field; earlier = earlier->next)
        if (earlier->kind == FIELD_IS && letter_same_name(earlier->name, field->name))
            return;
    for (const struct story_field *f = field; f; f = f->next) {
        if (f->kind != FIELD_IS || !letter_same_name(f->name, field->name))
            continue;
        struct slice value = subject_of(exchange, f->name, n++);
        struct slice expected = play_expand(play, f->line, f->value);
        if (!value.at || !slice_equal(value, expected)) {
            char *text = arena_printf(play->arena, "%.*s: %.*s", SLICE_ARG(f->name), SLICE_ARG(expected));
            fail_field(play, f, exchange, text);
            return;
        }
    }
    if (subject_of(exchange, field->name, n).at) {
        char *text = arena_printf(play->arena, "%u line%s of %.*s", n, n == 1 ? "" : "s", SLICE_ARG(field->name));
        fail_field(play, field, exchange, text);
    }
}

static void check_pattern(struct play *play, const struct story_field *field, const struct exchange *exchange) {
    bool found = false;
    struct slice value;
    for (unsigned n = 0; !found && (value = subject_of(exchange, field->name, n)).at; n++)
        found = matches(play, field->line, field->value, value);
    if (found != (field->kind == FIELD_MATCHES)) {
        char *text = arena_printf(play->arena, "%.*s %s %.*s", SLICE_ARG(field->name), found ? "!~" : "~",
                                  SLICE_ARG(field->value));
        fail_field(play, field, exchange, text);
    }
}

static void check_count(struct play *play, const struct story_field *field, const struct exchange *exchange) {
    uint64_t number = 0;
    unsigned items = letter_items(&exchange->message, field->name);
    if (!slice_number(field->value, 1000, &number))
        play_fail(play, field->line, "'%.*s' is no number", SLICE_ARG(field->value));
    else if (items != number)
        fail_field(
            play, field, exchange,
            arena_printf(play->arena, "%u values of %.*s, not %u", (unsigned)number, SLICE_ARG(field->name), items));
}

static void check_fields(struct play *play, const struct story_step *step, const struct exchange *exchange) {
    for (const struct story_field *field = step->fields; field && !play->failed; field = field->next) {
        switch (field->kind) {
        case FIELD_IS: check_values(play, step, field, exchange); break;
        case FIELD_MATCHES:
        case FIELD_DIFFERS: check_pattern(play, field, exchange); break;
        case FIELD_ABSENT:
            if (subject_of(exchange, field->name, 0).at)
                fail_field(play, field, exchange, arena_printf(play->arena, "no %.*s", SLICE_ARG(field->name)));
            break;
        case FIELD_COUNT: check_count(play, field, exchange); break;
        case FIELD_ADDED: break;
        }
    }
    if (!play->failed && !step->raw && step->body.at && !slice_equal(step->body, exchange->message.body))
        play_fail(play, step->line, "expected  this body:\n%.*s\n    but       it is:\n%.*s", SLICE_ARG(step->body),
                  SLICE_ARG(exchange->message.body));
}

/* Whole messages. */

static bool is_named_message(struct play *play, const struct story_step *step, const struct letter *message) {
    struct slice method;
    if (step->raw)
        return slice_equal(message->bytes, step->body.at ? step->body : SLICE_EMPTY);
    if (step->code) {
        letter_cseq(message, &method);
        return !message->request && message->code == step->code &&
               (!step->reason.at || slice_equal(message->reason, step->reason)) &&
               (!step->method.at || slice_equal(method, step->method));
    }
    return message->request && slice_equal(message->method, step->method) &&
           (!step->uri.at || slice_equal(message->uri, play_expand(play, step->line, step->uri)));
}

void check_message(struct play *play, const struct story_step *step, const struct exchange *exchange) {
    const char *but = NULL;
    struct page text;
    if (!is_named_message(play, step, &exchange->message))
        but = "";
    else if (step->again && !exchange->again)
        but = ", which is not the same message again: its bytes are new";
    else if (!step->again && exchange->again && exchange->message.request)
        but = ": the same message again";
    if (!but) {
        check_fields(play, step, exchange);
        return;
    }
    page_init(&text, play->arena);
    exchange_print(&text, exchange);
    play_fail(play, step->line, "expected  this message\n    but       what left then is %.*s%s",
              SLICE_ARG(page_slice(&text)), but);
}

void check_log(struct play *play, const struct story_step *step) {
    bool found = false;
    for (const struct sim_line *line = play->world.logs; line && !found; line = line->next)
        found = matches(play, step->line, step->pattern, slice_cut(line->text, 0, RX_SUBJECT_MAX));
    if (found != step->negated || play->failed)
        return;
    struct page text;
    page_init(&text, play->arena);
    for (const struct sim_line *line = play->world.logs; line; line = line->next)
        page_printf(&text, "\n        %.*s", SLICE_ARG(line->text));
    play_fail(play, step->line, "expected  %s log line that matches\n    but       the log is:%.*s",
              step->negated ? "no" : "a", SLICE_ARG(page_slice(&text)));
}

void check_record(struct play *play, const struct story_step *step, const struct sim_line *record) {
    if (!record) {
        play_fail(play, step->line, "expected  a call record\n    but       no further one was written");
        return;
    }
    for (const struct story_field *field = step->fields; field && !play->failed; field = field->next) {
        struct slice value = SLICE_NULL;
        bool there = json_find(record->text, field->name, play->arena, &value), right = there;
        switch (field->kind) {
        case FIELD_IS: right = there && slice_equal(value, play_expand(play, field->line, field->value)); break;
        case FIELD_MATCHES: right = there && matches(play, field->line, field->value, value); break;
        case FIELD_DIFFERS: right = !there || !matches(play, field->line, field->value, value); break;
        case FIELD_ABSENT: right = !there; break;
        case FIELD_COUNT:
        case FIELD_ADDED: break;
        }
        if (!right)
            play_fail(
                play, field->line, "expected  this in the call record\n    but       %.*s %s%.*s\n    in        %.*s",
                SLICE_ARG(field->name), there ? "is " : "is not there", SLICE_ARG(value), SLICE_ARG(record->text));
    }
}
