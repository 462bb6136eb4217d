/* SPDX-License-Identifier: MIT */
#include "grammar/codes.h"

#include "grammar/hash.h"

const struct opcode_row opcodes[OP_COUNT] = {
#define OP(NAME, A, B, C, POPS, PUSHES, FLOW, DOC)                                                                     \
    [OP_##NAME] = {#NAME, OPERAND_##A, OPERAND_##B, OPERAND_##C, POPS, PUSHES, FLOW_##FLOW, DOC},
#include "grammar/opcodes.def"
};

const struct rxcode_row rxcodes[RX_COUNT] = {
#define RX(NAME, A, B, C, CONSUMES, DOC) [RX_##NAME] = {#NAME, OPERAND_##A, OPERAND_##B, OPERAND_##C, CONSUMES, DOC},
#include "grammar/rxcodes.def"
};

uint64_t codes_hash(void) {
    /* Rows as text, so that the hash does not depend on padding, on addresses or on the compiler. */
    static const char rows[] =
#define OP(...) "op " #__VA_ARGS__ "\n"
#include "grammar/opcodes.def"
#define RX(...) "rx " #__VA_ARGS__ "\n"
#include "grammar/rxcodes.def"
#define FUNCTION(ID, NAME, HOME, MIN, MAX, ARGS, FALLBACK, TAG, USAGE, DOC) "function " NAME " " #MIN " " #MAX "\n"
#define VARIABLE(ID, NAME, KIND, CHOICES, ...)                              "variable " NAME " " #KIND " " CHOICES "\n"
#define FAILOVER(ID, NAME, KIND, CHOICES, ...)                              "failover " NAME " " #KIND " " CHOICES "\n"
#include "grammar/words.def"
#define HEADER(ID, NAME, ...) "header " NAME "\n"
#include "grammar/headers.def"
#define TRANSPORT(ID, NAME, ...) "transport " NAME "\n"
#include "grammar/transports.def"
        "";
    return hash_open(rows, sizeof rows - 1);
}
