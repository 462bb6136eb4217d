/* SPDX-License-Identifier: MIT */
#include "compiler/emit.h"

#include "compiler/pack.h"
#include "grammar/codes.h"

#include <errno.h>

struct emit {
    struct memory *memory;
    struct diag_list *diags;
    struct pack pack;
    uint32_t start; /* of the rule in hand, in CODE */
    uint32_t depth; /* of the stack */
    bool too_deep;
    uint32_t *branches; /* instructions of the rule that lead to its NEXT */
    uint32_t branch_count;
    const struct source *source; /* the last one a place was in ... */
    struct image_text file;      /* ... and its path */
};

static uint32_t code_count(const struct emit *emit) {
    return pack_count(&emit->pack, IMAGE_CODE, sizeof(struct image_instruction));
}

static void instruction(struct emit *emit, enum opcode op, unsigned a, uint32_t b, uint32_t c) {
    struct image_instruction record = {(uint8_t)op, (uint8_t)a, (uint16_t)b, c};
    pack_record(&emit->pack, IMAGE_CODE, &record, sizeof record);
    emit->depth -= opcodes[op].pops == POPS_A ? a : opcodes[op].pops;
    emit->depth += opcodes[op].pushes;
    emit->too_deep |= emit->depth > IMAGE_STACK_MAX;
}

static uint32_t read_header(struct emit *emit, const struct term *term) {
    return pack_name(&emit->pack, term->header, term->text.s, IMAGE_NAME_READ);
}

static void push_text(struct emit *emit, struct slice text) {
    instruction(emit, OP_TEXT, 0, 0, pack_text(&emit->pack, text));
}

enum { JOIN_AT_ONCE = 8 }; /* so that a value of many pieces needs little of the stack */

static void push_pieces(struct emit *emit, const struct piece *pieces) {
    unsigned count = 0;
    for (const struct piece *piece = pieces; piece; piece = piece->next) {
        if (piece->slot)
            instruction(emit, OP_CAPTURE, piece->place, piece->slot - 1, 0);
        else
            push_text(emit, piece->literal);
        if (++count == JOIN_AT_ONCE) {
            instruction(emit, OP_JOIN, count, 0, 0);
            count = 1;
        }
    }
    if (count == 0)
        push_text(emit, SLICE_EMPTY);
    else if (count > 1)
        instruction(emit, OP_JOIN, count, 0, 0);
}

static void push_condition(struct emit *emit, const struct condition *condition);
static void push_term(struct emit *emit, const struct term *term);

/* As an argument, $request is its URI: words that know messages find it in the line themselves,
 * with its parameters; the others get it. */
static void push_argument(struct emit *emit, const struct term *term, const struct word_row *of) {
    push_term(emit, term);
    if (term->kind == TERM_WORD && term->word == WORD_REQUEST && of->home == HOME_TEXT)
        instruction(emit, OP_CALL, 1, WORD_GETURI, 0);
}

static void push_call(struct emit *emit, const struct term *term) {
    const struct word_row *row = &words[term->word];
    unsigned count = term->count;
    for (const struct term *argument = term->arguments; argument; argument = argument->next)
        push_argument(emit, argument, row);
    if (row->fallback[0] && count < row->max) {
        instruction(emit, OP_CALL, 0, word_named(slice_of(row->fallback)), 0);
        count++;
    }
    instruction(emit, OP_CALL, count, term->word, 0);
}

static void push_term(struct emit *emit, const struct term *term) {
    switch (term->kind) {
    case TERM_WORD: push_call(emit, term); return;
    case TERM_ENVIRONMENT:
        instruction(emit, OP_ENV, 0,
                    pack_name(&emit->pack, HEADER_OTHER, term->text.s, IMAGE_NAME_ENV | IMAGE_NAME_READ), 0);
        return;
    case TERM_NAME:
        if (term->constant)
            push_text(emit, term->text.s);
        else
            instruction(emit, OP_HEADER, 0, read_header(emit, term), 0);
        return;
    case TERM_STRING:
        if (term->condition)
            push_condition(emit, term->condition);
        else
            push_pieces(emit, term->pieces);
        return;
    case TERM_NUMBER: push_text(emit, term->text.s); return;
    }
}

/* Pushes whether it holds. */
static void push_condition(struct emit *emit, const struct condition *condition) {
    const struct term *left = condition->left;
    const struct pattern *pattern = condition->pattern;
    if (condition->present) {
        instruction(emit, OP_PRESENT, condition->negated, read_header(emit, left), 0);
        return;
    }
    uint32_t index = pack_pattern(&emit->pack, &pattern->program, pattern->text.s);
    if (left->kind == TERM_NAME) {
        instruction(emit, OP_MATCH_HEADER, condition->negated, read_header(emit, left), index);
        return;
    }
    push_term(emit, left);
    instruction(emit, OP_MATCH, condition->negated, 0, index);
}

static struct image_text path_of(struct emit *emit, const struct source *source) {
    if (source != emit->source) {
        emit->source = source;
        emit->file = pack_layout(&emit->pack, slice_of(source->path));
    }
    return emit->file;
}

static uint32_t line_of(struct span span) {
    return source_place(span.source, source_raw(span.source, span.start)).line;
}

/* The code of a plan's line starts here. */
static void start_line(struct emit *emit, struct span span) {
    struct image_line record = {code_count(emit), line_of(span), path_of(emit, span.source)};
    pack_record(&emit->pack, IMAGE_LINES, &record, sizeof record);
}

static void end_line(struct emit *emit, struct span span) {
    if (emit->too_deep)
        diag_report(emit->diags, DIAG_LIMIT, span, "this line needs more than %d texts at a time", IMAGE_STACK_MAX);
    emit->too_deep = false;
}

static void emit_condition(struct emit *emit, const struct condition *condition) {
    start_line(emit, condition->span);
    push_condition(emit, condition);
    emit->branches = memory_grow(emit->memory, emit->branches, emit->branch_count, sizeof *emit->branches);
    emit->branches[emit->branch_count++] = code_count(emit);
    instruction(emit, OP_UNLESS, 0, 0, 0);
    const struct pattern *pattern = condition->pattern;
    if (pattern && pattern->first && !condition->negated)
        instruction(emit, OP_KEEP, pattern->groups, pattern->first - 1, 0);
    end_line(emit, condition->span);
}

static void emit_destinations(struct emit *emit, const struct deploy *deploy) {
    bool targets = deploy->kind == DEPLOY_TARGETS;
    for (const struct destination *at = deploy->destinations; at; at = at->next) {
        push_pieces(emit, at->pieces);
        unsigned transport = at->transport == TRANSPORT_NONE ? 0 : 1 + (unsigned)at->transport;
        instruction(emit, targets ? OP_TARGET : OP_ALTERNATE, targets ? 0 : transport, 0, 0);
    }
}

static void emit_environment(struct emit *emit, const struct deploy *deploy) {
    instruction(emit, OP_SET_ENV, 0, pack_name(&emit->pack, HEADER_OTHER, deploy->name, IMAGE_NAME_ENV), 0);
}

static void emit_failover(struct emit *emit, const struct deploy *deploy) {
    if (deploy->fallback)
        instruction(emit, OP_FAILOVER_DEFAULT, 0, deploy->setting, 0);
    else if (deploy->pattern)
        instruction(emit, OP_FAILOVER_PATTERN, 0, deploy->setting,
                    pack_pattern(&emit->pack, &deploy->pattern->program, deploy->pattern->text.s));
    else
        instruction(emit, OP_FAILOVER_NUMBER, 0, deploy->setting, deploy->number);
    if (deploy->stored) {
        push_text(emit, deploy->value.s);
        emit_environment(emit, deploy);
    }
}

static void emit_deploy(struct emit *emit, const struct deploy *deploy) {
    start_line(emit, deploy->span);
    switch (deploy->kind) {
    case DEPLOY_HEADER:
    case DEPLOY_REPLY:
        push_pieces(emit, deploy->pieces);
        instruction(emit, deploy->kind == DEPLOY_HEADER ? OP_SET_HEADER : OP_SET_REPLY, 0,
                    pack_name(&emit->pack, deploy->header, deploy->name, 0), 0);
        break;
    case DEPLOY_TO:
        push_pieces(emit, deploy->pieces);
        instruction(emit, OP_SET_TO, 0, 0, 0);
        break;
    case DEPLOY_ENVIRONMENT:
        push_pieces(emit, deploy->pieces);
        emit_environment(emit, deploy);
        break;
    case DEPLOY_VARIABLE:
        push_pieces(emit, deploy->pieces);
        instruction(emit, OP_SET, 0, deploy->variable, 0);
        break;
    case DEPLOY_TARGETS:
        instruction(emit, OP_TARGETS, 0, 0, 0);
        emit_destinations(emit, deploy);
        break;
    case DEPLOY_SESSION:
        instruction(emit, OP_FAILOVER, !deploy->session, 0, 0);
        emit_destinations(emit, deploy);
        break;
    case DEPLOY_FAILOVER: emit_failover(emit, deploy); break;
    case DEPLOY_BROKEN: break; /* a plan with one is not emitted */
    }
    end_line(emit, deploy->span);
}

static void emit_label(struct emit *emit, const struct rule *rule, uint32_t number) {
    struct image_label record = {
        .name = pack_layout(&emit->pack, rule->name.s),
        .description = pack_layout(&emit->pack, rule->description.s),
        .file = path_of(emit, rule->span.source),
        .line = line_of(rule->span),
        .number = number,
    };
    pack_record(&emit->pack, IMAGE_LABELS, &record, sizeof record);
}

/* A condition that fails leads to the rule's NEXT, behind its DONE. */
static void emit_rule(struct emit *emit, const struct rule *rule, uint32_t number) {
    emit->start = code_count(emit);
    emit->branch_count = 0;
    for (const struct condition *condition = rule->conditions; condition; condition = condition->next)
        emit_condition(emit, condition);
    for (const struct deploy *deploy = rule->deploys; deploy; deploy = deploy->next)
        emit_deploy(emit, deploy);
    instruction(emit, OP_DONE, 0, 0, 0);
    for (uint32_t i = 0; i < emit->branch_count; i++) {
        struct image_instruction *branch = pack_at(&emit->pack, IMAGE_CODE, emit->branches[i], sizeof *branch);
        branch->c = code_count(emit) - emit->start;
    }
    if (emit->branch_count)
        instruction(emit, OP_NEXT, 0, 0, 0);
    uint32_t count = code_count(emit) - emit->start;
    if (count > IMAGE_RULE_MAX)
        diag_report(emit->diags, DIAG_LIMIT, rule->span, "a rule of %u instructions, more than %d", (unsigned)count,
                    IMAGE_RULE_MAX);
    struct image_rule record = {
        .start = emit->start,
        .count = count,
        .slots = (uint16_t)rule->slots,
        .flags = (uint16_t)((rule->preliminary ? IMAGE_RULE_PRELIMINARY : 0) |
                            (rule->disabled ? IMAGE_RULE_DISABLED : 0) | (rule->deploys ? 0 : IMAGE_RULE_EMPTY)),
    };
    pack_record(&emit->pack, IMAGE_RULES, &record, sizeof record);
    emit_label(emit, rule, number);
}

static void emit_list(struct emit *emit, const struct plan *plan, bool preliminary) {
    uint32_t number = 0;
    for (const struct rule *rule = plan->rules; rule; rule = rule->next)
        if (rule->preliminary == preliminary)
            emit_rule(emit, rule, ++number);
}

int emit_plan(const struct plan *plan, struct memory *memory, struct diag_list *diags, uint8_t **image,
              size_t *length) {
    struct emit emit = {.memory = memory, .diags = diags};
    pack_init(&emit.pack, memory);
    emit_list(&emit, plan, true);
    emit_list(&emit, plan, false);
    if (diags->errors)
        return -EINVAL;
    int result = pack_finish(&emit.pack, image, length);
    if (result != -E2BIG)
        return result;
    diag_report(diags, DIAG_LIMIT, SPAN_NONE, "this plan is more than an image can hold");
    return -EINVAL;
}
