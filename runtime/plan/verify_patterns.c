/* SPDX-License-Identifier: MIT */
/* A pattern's code: operands by their kinds, look-aheads as nested stretches of it, and a search
 * for loops. */
#include "runtime/plan/verify_work.h"

#include "grammar/codes.h"

#include <string.h>

/* The instruction that is being judged. */
struct spot {
    struct verify_work *work;
    uint32_t pattern, pc; /* counted from the pattern's first instruction */
    const struct image_pattern *row;
    const struct image_rx *code;
};

#define refuse(spot, invariant, format, ...)                                                                           \
    verify_refuse((spot)->work, invariant, "pattern %u, instruction %u: " format, (spot)->pattern, (spot)->pc,         \
                  __VA_ARGS__)

static bool check_operand(const struct spot *spot, enum operand kind, uint32_t value) {
    const struct image *image = spot->work->image;
    switch (kind) {
    case OPERAND_NONE: return value == 0 || refuse(spot, 60, "unused operand %u", value);
    case OPERAND_NEGATE: return value <= 1 || refuse(spot, 61, "negation %u", value);
    case OPERAND_BYTE: return true;
    case OPERAND_SET: return value < image->set_count || refuse(spot, 62, "set %u of %u", value, image->set_count);
    case OPERAND_SAVE:
        return (value >= 2 && value < 2 * (spot->row->groups + 1u)) ||
               refuse(spot, 63, "mark %u with %u groups", value, spot->row->groups);
    case OPERAND_HERE: return value < spot->row->count || refuse(spot, 64, "target %u of %u", value, spot->row->count);
    case OPERAND_SLOT:
        return value < spot->row->inserts ||
               refuse(spot, 58, "slot %u of the %u that it inserts", value, spot->row->inserts);
    case OPERAND_COUNT: /* of rules */
    case OPERAND_PIECE:
    case OPERAND_GROUPS:
    case OPERAND_NAME_H:
    case OPERAND_NAME_E:
    case OPERAND_NAME_SET:
    case OPERAND_NAME_REPLY:
    case OPERAND_WORD:
    case OPERAND_VARIABLE:
    case OPERAND_FAILOVER:
    case OPERAND_TRANSPORT:
    case OPERAND_TEXT:
    case OPERAND_PATTERN:
    case OPERAND_JUMP:
    case OPERAND_NUMBER: break;
    }
    return true;
}

static bool check_operands(struct spot *spot) {
    unsigned inserts = 0;
    for (spot->pc = 0; spot->pc < spot->row->count; spot->pc++) {
        const struct image_rx *at = &spot->code[spot->pc];
        if (at->op >= RX_COUNT)
            return refuse(spot, 59, "unknown instruction %u", at->op);
        const struct rxcode_row *row = &rxcodes[at->op];
        if (!check_operand(spot, row->a, at->a) || !check_operand(spot, row->b, at->b) ||
            !check_operand(spot, row->c, at->c))
            return false;
        if (row->b == OPERAND_SLOT && inserts <= at->b)
            inserts = at->b + 1u;
    }
    if (inserts != spot->row->inserts || inserts > IMAGE_SLOTS_MAX)
        return verify_refuse(spot->work, 58, "pattern %u inserts %u slots and says %u", spot->pattern, inserts,
                             spot->row->inserts);
    return true;
}

/* Writes down for each instruction which look-ahead it stands in. A LOOK itself stands outside of
 * its body. */
static bool check_looks(struct spot *spot) {
    const struct image_rx *code = spot->code;
    uint16_t *region = spot->work->region;
    uint32_t ends[IMAGE_LOOKS_MAX];
    unsigned nested = 0;
    for (spot->pc = 0; spot->pc < spot->row->count; spot->pc++) {
        const struct image_rx *at = &code[spot->pc];
        region[spot->pc] = (uint16_t)(nested ? ends[nested - 1] : 0);
        if (nested && (at->op == RX_SAVE || at->op == RX_MATCH))
            return refuse(spot, 70, "%s in a look-ahead", rxcodes[at->op].name);
        bool closes = nested && spot->pc + 1 == ends[nested - 1];
        if (at->op == RX_LOOK_END && !closes)
            return refuse(spot, 67, "%s that ends no look-ahead", rxcodes[at->op].name);
        if (at->op == RX_LOOK) {
            if (at->c <= spot->pc + 1 || code[at->c - 1].op != RX_LOOK_END)
                return refuse(spot, 66, "a look-ahead up to %u has no end there", at->c);
            if (nested == IMAGE_LOOKS_MAX || (nested && at->c >= ends[nested - 1]))
                return refuse(spot, 68, "a look-ahead up to %u is nested too deep, or wrongly", at->c);
            ends[nested++] = at->c;
        }
        nested -= closes;
    }
    return true;
}

static bool jumps(const struct image_rx *at) {
    return rxcodes[at->op].c == OPERAND_HERE;
}

static bool check_jumps(struct spot *spot) {
    const uint16_t *region = spot->work->region;
    for (spot->pc = 0; spot->pc < spot->row->count; spot->pc++) {
        const struct image_rx *at = &spot->code[spot->pc];
        if (jumps(at) && region[at->c] != region[spot->pc])
            return refuse(spot, 69, "a jump to %u crosses the border of a look-ahead", at->c);
    }
    return true;
}

/* Where an instruction leads without consuming: branch 0, the next instruction; branch 1, its
 * target. */
static bool leads(const struct image_rx *code, uint32_t pc, unsigned branch, uint32_t *to) {
    const struct image_rx *at = &code[pc];
    bool ends = at->op == RX_MATCH || at->op == RX_LOOK_END;
    if (ends || rxcodes[at->op].consumes)
        return false;
    *to = branch ? at->c : pc + 1;
    return branch ? jumps(at) : at->op != RX_JUMP;
}

/* Depth first over ways that consume nothing; each instruction is entered once. A way that leads to
 * an instruction it came through is a loop. */
enum { VISIT_NONE, VISIT_FIRST, VISIT_SECOND, VISIT_LAST, VISIT_DONE };

static bool check_ways_from(struct spot *spot, uint32_t start) {
    uint8_t *visit = spot->work->visit;
    uint16_t *way = spot->work->way;
    unsigned length = 0;
    visit[start] = VISIT_FIRST;
    way[length++] = (uint16_t)start;
    while (length) {
        uint32_t pc = way[length - 1], to;
        unsigned branch = visit[pc] - VISIT_FIRST;
        visit[pc]++;
        if (visit[pc] == VISIT_DONE) {
            length--;
            continue;
        }
        if (!leads(spot->code, pc, branch, &to) || visit[to] == VISIT_DONE)
            continue;
        if (visit[to] != VISIT_NONE) {
            spot->pc = pc;
            return refuse(spot, 71, "a loop back to %u may consume nothing", to);
        }
        visit[to] = VISIT_FIRST;
        way[length++] = (uint16_t)to;
    }
    return true;
}

static bool check_loops(struct spot *spot) {
    memset(spot->work->visit, VISIT_NONE, spot->row->count);
    for (uint32_t start = 0; start < spot->row->count; start++)
        if (spot->work->visit[start] == VISIT_NONE && !check_ways_from(spot, start))
            return false;
    return true;
}

bool verify_pattern(struct verify_work *work, uint32_t pattern) {
    const struct image *image = work->image;
    const struct image_pattern *row = &image->patterns[pattern];
    struct spot spot = {.work = work, .pattern = pattern, .row = row, .code = image->rxcode + row->start};
    if (row->text >= image->text_count)
        return verify_refuse(work, 56, "pattern %u has text %u of %u", pattern, row->text, image->text_count);
    if (row->groups > IMAGE_GROUPS_MAX)
        return verify_refuse(work, 57, "pattern %u has %u groups", pattern, row->groups);
    if (!check_operands(&spot))
        return false;
    if (spot.code[row->count - 1].op != RX_MATCH)
        return verify_refuse(work, 65, "pattern %u does not end in MATCH", pattern);
    return check_looks(&spot) && check_jumps(&spot) && check_loops(&spot);
}
