/* SPDX-License-Identifier: MIT */
#include "grammar/tables.h"

#include "grammar/hash.h"

#include <string.h>

enum { TAG_B = false, TAG_X = true };
enum { ONE = HEADER_ONE, LIST = HEADER_LIST, KEEP = HEADER_KEEP, STAY = HEADER_STAY };

const struct word_row words[WORD_COUNT] = {
#define FUNCTION(ID, NAME, HOME, MIN, MAX, ARGS, FALLBACK, TAG, USAGE, DOC)                                            \
    [WORD_##ID] = {NAME, HOME_##HOME, MIN, MAX, ARGS, FALLBACK, TAG_##TAG, USAGE, DOC},
#include "grammar/words.def"
};

const struct variable_row variables[VARIABLE_COUNT] = {
#define VARIABLE(ID, NAME, KIND, CHOICES, TAG, DOC) [VARIABLE_##ID] = {NAME, KIND_##KIND, CHOICES, "", TAG_##TAG, DOC},
#include "grammar/words.def"
};

const struct variable_row failover_settings[FAILOVER_COUNT] = {
#define FAILOVER(ID, NAME, KIND, CHOICES, FALLBACK, TAG, DOC)                                                          \
    [FAILOVER_##ID] = {NAME, KIND_##KIND, CHOICES, FALLBACK, TAG_##TAG, DOC},
#include "grammar/words.def"
};

const struct header_row headers[HEADER_COUNT] = {
#define HEADER(ID, NAME, COMPACT, FLAGS) [HEADER_##ID] = {NAME, sizeof(NAME) - 1, COMPACT, FLAGS},
#include "grammar/headers.def"
};

const char *const methods[METHOD_COUNT + 1] = {
#define METHOD(ID, NAME) NAME,
#include "grammar/methods.def"
    ""};

const struct transport_row transports[TRANSPORT_COUNT] = {
#define TRANSPORT(ID, NAME, WORD, PARAMETER, PORT, SECURE) {NAME, WORD, PARAMETER, PORT, SECURE},
#include "grammar/transports.def"
};

const char *const causes[CAUSE_COUNT] = {
    "",
#define CAUSE(ID, NAME, ...) NAME,
#include "grammar/causes.def"
};

const enum cause_kind cause_kinds[CAUSE_COUNT] = {
    CAUSE_KIND_NEITHER,
#define CAUSE(ID, NAME, KIND, DOC) CAUSE_KIND_##KIND,
#include "grammar/causes.def"
};

const struct opcode_row opcodes[OP_COUNT] = {
#define OP(NAME, A, B, C, POPS, PUSHES, FLOW, DOC)                                                                     \
    [OP_##NAME] = {#NAME, OPERAND_##A, OPERAND_##B, OPERAND_##C, POPS, PUSHES, FLOW_##FLOW, DOC},
#include "grammar/opcodes.def"
};

const struct rxcode_row rxcodes[RX_COUNT] = {
#define RX(NAME, A, B, C, CONSUMES, DOC) [RX_##NAME] = {#NAME, OPERAND_##A, OPERAND_##B, OPERAND_##C, CONSUMES, DOC},
#include "grammar/rxcodes.def"
};

enum word word_named(struct slice name) {
    enum word id = 0;
    while (id < WORD_COUNT && !slice_same(name, slice_of(words[id].name)))
        id++;
    return id;
}

static unsigned row_named(const struct variable_row *rows, unsigned count, struct slice name) {
    unsigned id = 0;
    while (id < count && !slice_same(name, slice_of(rows[id].name)))
        id++;
    return id;
}

enum variable variable_named(struct slice name) {
    return row_named(variables, VARIABLE_COUNT, name);
}

enum failover_setting failover_setting_named(struct slice name) {
    return row_named(failover_settings, FAILOVER_COUNT, name);
}

/* Length and first letter of each name. */
#define KEY(LENGTH, FIRST) (uint16_t)((LENGTH) << 8 | ((FIRST) | 0x20))
static const uint16_t header_keys[HEADER_COUNT] = {
#define HEADER(ID, NAME, ...) [HEADER_##ID] = KEY(sizeof(NAME) - 1, NAME[0]),
#include "grammar/headers.def"
};

static enum header compact_named(char letter) {
    enum header id = 0;
    while (id < HEADER_COUNT && headers[id].compact != letter)
        id++;
    return id < HEADER_COUNT ? id : HEADER_OTHER;
}

/* On every header line of every message: the keys alone decide almost always. */
enum header header_named(struct slice name) {
    if (name.len <= 1 || name.len > UINT8_MAX)
        return name.len == 1 ? compact_named(byte_lower((unsigned char)name.at[0])) : HEADER_OTHER;
    const uint16_t key = KEY(name.len, (unsigned char)name.at[0]);
    for (enum header id = 0; id < HEADER_COUNT; id++)
        if (header_keys[id] == key && slice_starts_same(name, (struct slice){headers[id].name, name.len}))
            return id;
    return HEADER_OTHER;
}

enum method method_named(struct slice name) {
    enum method id = 0;
    while (id < METHOD_COUNT && !slice_equal(name, slice_of(methods[id])))
        id++;
    return id;
}

enum transport transport_named(struct slice name) {
    enum transport id = 0;
    while (id < TRANSPORT_COUNT && !slice_same(name, slice_of(transports[id].name)))
        id++;
    return id;
}

const char *status_reason(unsigned code) {
    static const struct {
        unsigned code;
        const char *reason;
    } rows[] = {
#define STATUS(CODE, REASON) {CODE, REASON},
#include "grammar/status.def"
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code)
            return rows[i].reason;
    return "";
}

int choice_named(const char *choices, struct slice word) {
    for (int index = 0;; index++) {
        size_t length = strcspn(choices, "|");
        if (word.len && slice_same(word, (struct slice){choices, length}))
            return index;
        if (choices[length] == '\0')
            return -1;
        choices += length + 1;
    }
}

uint64_t tables_hash(void) {
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
