/* SPDX-License-Identifier: MIT */
/* A rule's code: every operand by its kind, then one pass over the ways through it. Jumps lead
 * forward alone, so that the depth in front of an instruction is known when the pass comes to it.
 */
#include "runtime/plan/verify_work.h"

#include "grammar/codes.h"
#include "grammar/protocol.h"
#include "grammar/words.h"

#include <string.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 }; /* duration_parse reads no more */

/* The instruction that is being judged. */
struct spot {
    struct verify_work *work;
    uint32_t rule, pc; /* counted from the rule's first instruction */
    const struct image_rule *row;
    const struct image_instruction *at;
    const struct opcode_row *op;
};

#define refuse(spot, invariant, format, ...)                                                                           \
    verify_refuse((spot)->work, invariant, "rule %u, instruction %u: " format, (spot)->rule, (spot)->pc, __VA_ARGS__)

static bool check_name(const struct spot *spot, enum operand kind, uint32_t value) {
    const struct image *image = spot->work->image;
    unsigned wanted = kind == OPERAND_NAME_E ? IMAGE_NAME_ENV : 0;
    if (value >= image->name_count || (image->names[value].flags & IMAGE_NAME_ENV) != wanted)
        return refuse(spot, 34, "name %u is no %s", value, wanted ? "environment variable" : "header");
    const struct image_name *name = &image->names[value];
    if (kind == OPERAND_NAME_H && !(name->flags & IMAGE_NAME_READ))
        return refuse(spot, 35, "name %u is read and not marked so", value);
    if (kind != OPERAND_NAME_SET && kind != OPERAND_NAME_REPLY)
        return true;
    bool kept = name->header != IMAGE_NONE && headers[name->header].flags & HEADER_KEEP;
    if (kept || name->header == HEADER_TO || (kind == OPERAND_NAME_REPLY && name->header == HEADER_FROM))
        return refuse(spot, 36, "name %u is a header that may not be set here", value);
    return true;
}

static bool takes(const struct word_row *word, unsigned count) {
    return count <= word->max && count >= (word->fallback[0] ? word->max : word->min);
}

static bool check_word(const struct spot *spot, uint32_t value) {
    unsigned count = spot->at->a;
    return (value < WORD_COUNT && takes(&words[value], count)) ||
           refuse(spot, 37, "no function %u of %u arguments", value, count);
}

static bool check_setting(const struct spot *spot, uint32_t value) {
    bool pattern = spot->op->c == OPERAND_PATTERN;
    if (value >= FAILOVER_COUNT ||
        (spot->op->c != OPERAND_NONE && (failover_settings[value].kind == KIND_PATTERN) != pattern))
        return refuse(spot, 39, "failover setting %u is none, or not of this kind", value);
    return true;
}

static uint32_t count_choices(const char *choices) {
    uint32_t count = 1;
    for (; *choices; choices++)
        count += *choices == '|';
    return count;
}

/* Of the setting in b, which was judged before. */
static bool check_number(const struct spot *spot, uint32_t value) {
    const struct variable_row *setting = &failover_settings[spot->at->b];
    uint32_t max = setting->kind == KIND_DURATION ? DAY_MS
                   : setting->kind == KIND_CHOICE ? count_choices(setting->choices) - 1
                                                  : 1;
    return value <= max || refuse(spot, 40, "%u is above %u", value, max);
}

static bool check_pattern(const struct spot *spot, uint32_t value) {
    const struct image *image = spot->work->image;
    if (value >= image->pattern_count)
        return refuse(spot, 43, "pattern %u of %u", value, image->pattern_count);
    unsigned slots = spot->op->b == OPERAND_FAILOVER ? 0 : spot->row->slots;
    if (image->patterns[value].inserts > slots)
        return refuse(spot, 44, "pattern %u inserts slot %u of %u", value, image->patterns[value].inserts, slots);
    return true;
}

static bool check_operand(const struct spot *spot, enum operand kind, uint32_t value) {
    const struct image *image = spot->work->image;
    switch (kind) {
    case OPERAND_NONE: return value == 0 || refuse(spot, 30, "unused operand %u", value);
    case OPERAND_COUNT: return true; /* 37 and 46 bound it */
    case OPERAND_NEGATE: return value <= 1 || refuse(spot, 31, "negation %u", value);
    case OPERAND_PIECE: return value < IMAGE_PIECES || refuse(spot, 32, "piece %u", value);
    case OPERAND_GROUPS: return true; /* 33 and 52 bound it */
    case OPERAND_SLOT: {
        uint32_t count = spot->op->a == OPERAND_GROUPS ? spot->at->a : 1u;
        return value + count <= spot->row->slots ||
               refuse(spot, 33, "%u slots from %u on of %u", count, value, spot->row->slots);
    }
    case OPERAND_NAME_H:
    case OPERAND_NAME_E:
    case OPERAND_NAME_SET:
    case OPERAND_NAME_REPLY: return check_name(spot, kind, value);
    case OPERAND_WORD: return check_word(spot, value);
    case OPERAND_VARIABLE:
        return (value < VARIABLE_COUNT && variables[value].kind != KIND_TARGETS &&
                variables[value].kind != KIND_SESSION) ||
               refuse(spot, 38, "no variable %u that is set by a value", value);
    case OPERAND_FAILOVER: return check_setting(spot, value);
    case OPERAND_TRANSPORT: return value <= TRANSPORT_COUNT || refuse(spot, 41, "transport %u", value);
    case OPERAND_TEXT: return value < image->text_count || refuse(spot, 42, "text %u of %u", value, image->text_count);
    case OPERAND_PATTERN: return check_pattern(spot, value);
    case OPERAND_JUMP: return (value > spot->pc && value < spot->row->count) || refuse(spot, 45, "jump to %u", value);
    case OPERAND_NUMBER: return check_number(spot, value);
    case OPERAND_BYTE: /* of patterns */
    case OPERAND_SET:
    case OPERAND_SAVE:
    case OPERAND_HERE: break;
    }
    return true;
}

/* Notes that `to` is reached with that many texts on the stack. */
static bool reach(const struct spot *spot, uint32_t to, unsigned depth) {
    uint8_t *known = &spot->work->depth[to];
    if (*known && *known != depth + 1)
        return refuse(spot, 48, "a stack of %u for instruction %u, which has %u", depth, to, *known - 1u);
    *known = (uint8_t)(depth + 1);
    return true;
}

/* What stands in front of an instruction with GROUPS; the jumps to it are all known by now. */
static bool check_groups(const struct spot *spot) {
    const struct image_instruction *at = spot->at;
    if (spot->pc < 2 || opcodes[at[-1].op].flow != FLOW_BRANCH || opcodes[at[-2].op].c != OPERAND_PATTERN ||
        opcodes[at[-2].op].a != OPERAND_NEGATE || at[-2].a != 0 || at->a > spot->work->image->patterns[at[-2].c].groups)
        return refuse(spot, 52, "%u groups without a match that gives them", at->a);
    if (spot->work->target[spot->pc] || spot->work->target[spot->pc - 1])
        return refuse(spot, 53, "a jump leads between %s and its match", spot->op->name);
    return true;
}

static bool check_flow(const struct spot *spot) {
    const struct opcode_row *op = spot->op;
    if (spot->work->depth[spot->pc] == 0)
        return refuse(spot, 49, "nothing leads to %s", op->name);
    unsigned depth = spot->work->depth[spot->pc] - 1u;
    unsigned pops = op->pops == POPS_A ? spot->at->a : op->pops;
    if (pops > depth)
        return refuse(spot, 46, "%s pops %u of %u", op->name, pops, depth);
    depth = depth - pops + op->pushes;
    if (depth > IMAGE_STACK_MAX)
        return refuse(spot, 47, "a stack of %u", depth);
    if (op->flow == FLOW_END)
        return depth == 0 || refuse(spot, 51, "a stack of %u is left at %s", depth, op->name);
    if (spot->pc + 1 == spot->row->count)
        return refuse(spot, 50, "the rule goes on behind its last instruction, %s", op->name);
    if (op->flow == FLOW_BRANCH) {
        spot->work->target[spot->at->c] = true;
        if (!reach(spot, spot->at->c, depth))
            return false;
    }
    return reach(spot, spot->pc + 1, depth);
}

static bool check_instruction(const struct spot *spot) {
    const struct opcode_row *op = spot->op;
    return check_operand(spot, op->b, spot->at->b) && check_operand(spot, op->a, spot->at->a) &&
           check_operand(spot, op->c, spot->at->c) && check_flow(spot) &&
           (op->a != OPERAND_GROUPS || check_groups(spot));
}

bool verify_rule(struct verify_work *work, uint32_t rule) {
    const struct image_rule *row = &work->image->rules[rule];
    struct spot spot = {.work = work, .rule = rule, .row = row, .at = work->image->code + row->start};
    memset(work->depth, 0, row->count);
    memset(work->target, 0, row->count);
    work->depth[0] = 1;
    for (; spot.pc < row->count; spot.pc++, spot.at++) {
        if (spot.at->op >= OP_COUNT)
            return refuse(&spot, 29, "unknown instruction %u", spot.at->op);
        spot.op = &opcodes[spot.at->op];
        if (!check_instruction(&spot))
            return false;
    }
    return true;
}
