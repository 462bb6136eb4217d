/* SPDX-License-Identifier: MIT */
/* The instructions of an image: of rules (opcodes.def) and of patterns (rxcodes.def). */
#ifndef FOV_GRAMMAR_CODES_H
#define FOV_GRAMMAR_CODES_H

#include "grammar/slice.h"

enum opcode {
#define OP(NAME, ...) OP_##NAME,
#include "grammar/opcodes.def"
    OP_COUNT
};

enum operand {
    OPERAND_NONE,
    OPERAND_COUNT,
    OPERAND_NEGATE,
    OPERAND_PIECE,
    OPERAND_GROUPS,
    OPERAND_SLOT,
    OPERAND_NAME_H,
    OPERAND_NAME_E,
    OPERAND_NAME_SET,
    OPERAND_NAME_REPLY,
    OPERAND_WORD,
    OPERAND_VARIABLE,
    OPERAND_FAILOVER,
    OPERAND_TRANSPORT,
    OPERAND_TEXT,
    OPERAND_PATTERN,
    OPERAND_JUMP,
    OPERAND_NUMBER,
    /* of patterns */
    OPERAND_BYTE,
    OPERAND_SET,
    OPERAND_SAVE,
    OPERAND_HERE
};

enum flow { FLOW_GO, FLOW_BRANCH, FLOW_END };
enum { POPS_A = 255 }; /* as many as operand a says */

struct opcode_row {
    const char *name;
    uint8_t a, b, c; /* enum operand */
    uint8_t pops, pushes;
    uint8_t flow; /* enum flow */
    const char *doc;
};
extern const struct opcode_row opcodes[OP_COUNT];

enum rxcode {
#define RX(NAME, ...) RX_##NAME,
#include "grammar/rxcodes.def"
    RX_COUNT
};

struct rxcode_row {
    const char *name;
    uint8_t a, b, c; /* enum operand */
    bool consumes;
    const char *doc;
};
extern const struct rxcode_row rxcodes[RX_COUNT];

/* A hash over every row that gives an image its meaning: opcodes, pattern codes, words, headers, transports. An image
 * made with other tables is refused. */
uint64_t codes_hash(void);

#endif
