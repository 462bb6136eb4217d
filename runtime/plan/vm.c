/* SPDX-License-Identifier: MIT */
#include "runtime/plan/vm.h"

#include "grammar/codes.h"
#include "runtime/plan/deploy.h"
#include "runtime/plan/piece.h"

#include <string.h>

/* What costs more than an instruction, in steps: asking the host for a header or a word, and bytes
 * that one step pays for copying or reading. */
enum { STEPS_HOST = 8, STEP_BYTES = 16 };

/* How an instruction ended. */
enum step {
    STEP_GO,
    STEP_JUMP, /* to operand c */
    STEP_NEXT, /* the rule does not hold */
    STEP_DONE, /* the rule was deployed */
    STEP_END,  /* the host ends it here */
    STEP_WAIT,
    STEP_BAD_REQUEST,
    STEP_FAULT,
};

static enum step stop(struct vm *vm, enum step step, const char *why) {
    vm->why = why;
    return step;
}

static enum step no_memory(struct vm *vm) {
    return stop(vm, STEP_FAULT, "out of memory");
}

void vm_spend(struct vm *vm, uint64_t steps) {
    vm->steps = steps < vm->steps ? vm->steps - steps : 0;
}

static void push(struct vm *vm, struct slice text) {
    vm->stack[vm->depth++] = text;
}

static struct slice pop(struct vm *vm) {
    return vm->stack[--vm->depth];
}

static struct slice truth(bool value) {
    return value ? SLICE("true") : SLICE("false");
}

/* Line `index` of a header as the plan sees it now: what earlier rules set stands for all its
 * lines. */
static int header_line(struct vm *vm, uint32_t name, unsigned index, struct slice *value) {
    const struct outcome *outcome = vm->outcome;
    enum header header = vm->image->names[name].header;
    struct slice text = image_name_text(vm->image, name);
    if (header == HEADER_TO && outcome->to.at) {
        *value = outcome->to;
        return index == 0;
    }
    if (outcome->set) {
        const struct outcome_header *set = outcome_header_set(outcome, header, text);
        if (set) {
            *value = set->value;
            return index == 0 && set->value.len != 0;
        }
    }
    vm_spend(vm, STEPS_HOST);
    return vm->host->header(vm, header, text, index, value);
}

static enum step push_header(struct vm *vm, uint32_t name) {
    struct slice value = SLICE_NULL;
    int there = header_line(vm, name, 0, &value);
    if (there < 0)
        return no_memory(vm);
    push(vm, there ? value : SLICE_NULL);
    return STEP_GO;
}

static enum step push_present(struct vm *vm, const struct image_instruction *at) {
    struct slice value;
    int there = header_line(vm, at->b, 0, &value);
    if (there < 0)
        return no_memory(vm);
    push(vm, truth((there != 0) != (at->a != 0)));
    return STEP_GO;
}

static enum step push_environment(struct vm *vm, uint32_t name) {
    struct slice text = image_name_text(vm->image, name);
    const struct outcome_variable *variable = vm->outcome->variables;
    while (variable && !slice_same(variable->name, text)) {
        variable = variable->next;
        vm_spend(vm, 1);
    }
    push(vm, variable ? variable->value : SLICE_NULL);
    return STEP_GO;
}

static enum step push_capture(struct vm *vm, const struct image_instruction *at) {
    struct slice text = vm->slots[at->b];
    const char *why = piece_judge(at->a, &text);
    if (why) {
        vm->capture = at->b + 1;
        return stop(vm, STEP_BAD_REQUEST, why);
    }
    push(vm, text);
    return STEP_GO;
}

static enum step join(struct vm *vm, unsigned count) {
    const struct slice *parts = &vm->stack[vm->depth - count];
    size_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += parts[i].len; /* at most 64 texts of at most 1 GB */
    char *joined = arena_bytes(vm->outcome->arena, total), *end = joined;
    if (!joined)
        return no_memory(vm);
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].len)
            memcpy(end, parts[i].at, parts[i].len);
        end += parts[i].len;
    }
    vm_spend(vm, total / STEP_BYTES);
    vm->depth -= count;
    push(vm, (struct slice){joined, total});
    return STEP_GO;
}

/* The arguments stay on the stack until there is an answer: a word that waits is called again as if
 * for the first time. */
static enum step call(struct vm *vm, enum word word, unsigned count) {
    const struct slice *arguments = &vm->stack[vm->depth - count];
    struct slice result = SLICE_NULL;
    vm_spend(vm, STEPS_HOST);
    for (unsigned i = 0; i < count; i++)
        vm_spend(vm, arguments[i].len / STEP_BYTES);
    vm->why = NULL;
    switch ((*vm->host->homes[words[word].home])[word](vm, arguments, count, &result)) {
    case WORD_TEXT: break;
    case WORD_NULL: result = SLICE_NULL; break;
    case WORD_WAIT: return STEP_WAIT;
    case WORD_FAULT: return stop(vm, STEP_FAULT, vm->why ? vm->why : "out of memory");
    case WORD_BAD_REQUEST: return stop(vm, STEP_BAD_REQUEST, vm->why ? vm->why : "a function cannot judge the request");
    }
    vm->depth -= count;
    push(vm, result);
    return STEP_GO;
}

/* Null is found by no pattern. Groups are asked for only when a KEEP stands behind the BRANCH that
 * follows: both are there, since a rule ends in an END with an empty stack. */
static enum step search(struct vm *vm, const struct image_instruction *at, struct slice subject, bool *found) {
    const struct rx_program program = image_program(vm->image, at->c);
    bool kept = opcodes[at[2].op].a == OPERAND_GROUPS;
    *found = false;
    if (!subject.at)
        return STEP_GO;
    switch (rx_search(&program, subject, vm->slots, kept ? vm->groups : NULL, &vm->steps, vm->scratch)) {
    case RX_FOUND:
        *found = true;
        vm->subject = subject;
        break;
    case RX_NOT_FOUND: break;
    case RX_TOO_LONG: return stop(vm, STEP_BAD_REQUEST, "a rule reads a text of over 4096 bytes");
    case RX_NO_STEPS: vm->steps = 0; break;
    }
    return STEP_GO;
}

static enum step match(struct vm *vm, const struct image_instruction *at) {
    bool found;
    enum step step = search(vm, at, pop(vm), &found);
    push(vm, truth(found != (at->a != 0)));
    return step;
}

static enum step match_header(struct vm *vm, const struct image_instruction *at) {
    bool found = false;
    for (unsigned index = 0; !found; index++) {
        struct slice line;
        int there = header_line(vm, at->b, index, &line);
        if (there < 0)
            return no_memory(vm);
        if (there == 0 || vm->steps == 0)
            break;
        enum step step = search(vm, at, line, &found);
        if (step != STEP_GO)
            return step;
    }
    push(vm, truth(found != (at->a != 0)));
    return STEP_GO;
}

/* A group that took no part is empty. */
static void keep(struct vm *vm, unsigned count, unsigned slot) {
    for (unsigned i = 0; i < count; i++) {
        const struct rx_group *group = &vm->groups[1 + i];
        vm->slots[slot + i] =
            group->at < 0 ? SLICE_EMPTY : slice_cut(vm->subject, (size_t)group->at, (size_t)group->end);
    }
    if (vm->kept < slot + count)
        vm->kept = slot + count;
    vm_spend(vm, count);
}

static enum step deployed(bool fine) {
    return fine ? STEP_GO : STEP_FAULT;
}

static enum step execute(struct vm *vm, const struct image_instruction *at) {
    struct outcome *outcome = vm->outcome;
    switch ((enum opcode)at->op) {
    case OP_NEXT: return STEP_NEXT;
    case OP_DONE: return STEP_DONE;
    case OP_TEXT: push(vm, image_text(vm->image, at->c)); break;
    case OP_NULL: push(vm, SLICE_NULL); break;
    case OP_HEADER: return push_header(vm, at->b);
    case OP_ENV: return push_environment(vm, at->b);
    case OP_CAPTURE: return push_capture(vm, at);
    case OP_JOIN: return join(vm, at->a);
    case OP_CALL: return call(vm, at->b, at->a);
    case OP_MATCH: return match(vm, at);
    case OP_MATCH_HEADER: return match_header(vm, at);
    case OP_PRESENT: return push_present(vm, at);
    case OP_KEEP: keep(vm, at->a, at->b); break;
    case OP_UNLESS: return slice_equal(pop(vm), SLICE("true")) ? STEP_GO : STEP_JUMP;
    case OP_SET_HEADER: return deployed(deploy_header(vm, &outcome->set, at->b, pop(vm)));
    case OP_SET_REPLY: return deployed(deploy_header(vm, &outcome->replies, at->b, pop(vm)));
    case OP_SET_TO: return deployed(deploy_to(vm, pop(vm)));
    case OP_SET_ENV: return deployed(deploy_environment(vm, at->b, pop(vm)));
    case OP_SET: return deployed(deploy_variable(vm, at->b, pop(vm)));
    case OP_TARGETS: outcome->targets = NULL; break;
    case OP_TARGET: return deployed(deploy_target(vm, pop(vm)));
    case OP_FAILOVER:
        outcome->alternates = NULL;
        outcome->session = at->a == 0;
        break;
    case OP_ALTERNATE:
        return deployed(deploy_alternate(vm, at->a ? (enum transport)(at->a - 1) : TRANSPORT_NONE, pop(vm)));
    case OP_FAILOVER_NUMBER:
    case OP_FAILOVER_PATTERN: outcome_failover_set(&outcome->failover, at->b, at->c); break;
    case OP_FAILOVER_DEFAULT: outcome_failover_set(&outcome->failover, at->b, outcome_failover_default(at->b)); break;
    case OP_COUNT: break; /* no instruction (invariant 26) */
    }
    return STEP_GO;
}

/* From vm->pc to the end of the rule, or to where it stops. */
static enum step run_rule(struct vm *vm) {
    const struct image_instruction *code = vm->image->code;
    uint32_t start = vm->image->rules[vm->rule].start;
    for (;;) {
        if (vm->steps == 0)
            return stop(vm, STEP_FAULT, "the step budget ran out");
        vm->steps--;
        enum step step = execute(vm, &code[vm->pc]);
        if (step == STEP_GO)
            vm->pc++;
        else if (step == STEP_JUMP)
            vm->pc = start + code[vm->pc].c;
        else
            return step;
    }
}

/* The first rule from `rule` on that is not disabled: stack and slots as every rule finds them. */
static void enter(struct vm *vm, uint32_t rule) {
    const struct image_rule *rules = vm->image->rules;
    while (rule < vm->end && rules[rule].flags & IMAGE_RULE_DISABLED)
        rule++;
    while (vm->kept)
        vm->slots[--vm->kept] = SLICE_EMPTY;
    vm->rule = rule;
    vm->depth = 0;
    vm->outcome->go_on = false;
    if (rule < vm->end)
        vm->pc = rules[rule].start;
}

/* The rule's conditions hold and its lines took effect: DONE, or NEXT after $continue. */
static enum step finish(struct vm *vm) {
    struct outcome *outcome = vm->outcome;
    bool empty = vm->image->rules[vm->rule].flags & IMAGE_RULE_EMPTY;
    outcome->rule = (int32_t)vm->rule;
    outcome->matched = !empty;
    if (empty)
        return STEP_DONE;
    struct outcome_rule *deployed = arena_alloc(outcome->arena, sizeof *deployed);
    if (!deployed)
        return no_memory(vm);
    *deployed = (struct outcome_rule){.rule = vm->rule, .next = outcome->deployed};
    outcome->deployed = deployed;
    if (outcome->auth == CHOICE_TRUE && vm->host->deployed && !vm->host->deployed(vm))
        return STEP_END;
    return outcome->go_on ? STEP_NEXT : STEP_DONE;
}

static uint64_t budget(const struct image *image) {
    return VM_STEPS + (uint64_t)VM_STEPS_RULE * image->rule_count;
}

static enum vm_result run(struct vm *vm) {
    while (vm->rule < vm->end) {
        enum step step = run_rule(vm);
        if (step == STEP_DONE)
            step = finish(vm);
        switch (step) {
        case STEP_DONE: return VM_DONE;
        case STEP_END: return VM_ENDED;
        case STEP_GO:
        case STEP_JUMP:
        case STEP_NEXT: break;
        case STEP_WAIT: return VM_WAITING;
        case STEP_BAD_REQUEST: return VM_BAD_REQUEST;
        case STEP_FAULT: return VM_FAULT;
        }
        enter(vm, vm->rule + 1);
    }
    return VM_DONE;
}

enum vm_result vm_resume(struct vm *vm) {
    enum vm_result result = run(vm);
    vm->outcome->steps = budget(vm->image) - vm->steps;
    return result;
}

enum vm_result vm_run(struct vm *vm, const struct image *image, const struct vm_host *host, struct outcome *outcome,
                      struct rx_scratch *scratch, bool preliminary) {
    vm->image = image;
    vm->host = host;
    vm->outcome = outcome;
    vm->scratch = scratch;
    vm->steps = budget(image) - outcome->steps;
    vm->kept = IMAGE_SLOTS_MAX;
    vm->why = NULL;
    vm->capture = 0;
    vm->end = preliminary ? image->preliminary_count : image->rule_count;
    enter(vm, preliminary ? 0 : image->preliminary_count);
    return vm_resume(vm);
}

bool vm_matches(const struct image *image, uint32_t pattern, struct slice subject, struct rx_scratch *scratch) {
    const struct rx_program program = image_program(image, pattern);
    uint64_t steps = VM_STEPS;
    return rx_search(&program, subject, NULL, NULL, &steps, scratch) == RX_FOUND;
}
