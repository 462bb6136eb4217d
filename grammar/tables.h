/* SPDX-License-Identifier: MIT */
/* The tables of grammar/ as enums and arrays, and look-ups by name. Nothing here but expansions of the .def files. */
#ifndef FOV_GRAMMAR_TABLES_H
#define FOV_GRAMMAR_TABLES_H

#include "grammar/slice.h"

enum word {
#define FUNCTION(ID, ...) WORD_##ID,
#include "grammar/words.def"
    WORD_COUNT
};

enum word_home { HOME_TEXT, HOME_MESSAGE, HOME_STATE, HOME_LOCATION, HOME_DIRECTORY, HOME_LIMIT, HOME_COUNT };

struct word_row {
    const char *name;
    enum word_home home;
    uint8_t min, max;
    const char *args;     /* a letter for each argument, the last one repeats */
    const char *fallback; /* word called for a missing last argument, "" for none */
    bool extension;
    const char *usage, *doc;
};
extern const struct word_row words[WORD_COUNT];

enum variable {
#define VARIABLE(ID, ...) VARIABLE_##ID,
#include "grammar/words.def"
    VARIABLE_COUNT
};

enum failover_setting {
#define FAILOVER(ID, ...) FAILOVER_##ID,
#include "grammar/words.def"
    FAILOVER_COUNT
};

enum value_kind {
    KIND_BOOLEAN,
    KIND_TRANSPORT,
    KIND_ANSWER,
    KIND_REASON,
    KIND_TEXT,
    KIND_URI,
    KIND_ADDRESS,
    KIND_TARGETS,
    KIND_SESSION,
    KIND_DURATION,
    KIND_PATTERN,
    KIND_CHOICE
};

struct variable_row {
    const char *name;
    enum value_kind kind;
    const char *choices;  /* "a|b|c", "" for none */
    const char *fallback; /* a failover setting's default as text, "" for none */
    bool extension;
    const char *doc;
};
extern const struct variable_row variables[VARIABLE_COUNT];
extern const struct variable_row failover_settings[FAILOVER_COUNT];

enum header {
#define HEADER(ID, ...) HEADER_##ID,
#include "grammar/headers.def"
    HEADER_COUNT,
    HEADER_OTHER = 0xffff /* IMAGE_NONE */
};

enum header_flags { HEADER_ONE = 1, HEADER_LIST = 2, HEADER_KEEP = 4, HEADER_STAY = 8 };

struct header_row {
    const char *name;
    uint8_t length; /* of the name */
    char compact;   /* 0 for none */
    uint8_t flags;
};
extern const struct header_row headers[HEADER_COUNT];

enum method {
#define METHOD(ID, ...) METHOD_##ID,
#include "grammar/methods.def"
    METHOD_COUNT,
    METHOD_OTHER = METHOD_COUNT
};
extern const char *const methods[METHOD_COUNT + 1]; /* "" for METHOD_OTHER */

enum transport {
#define TRANSPORT(ID, ...) TRANSPORT_##ID,
#include "grammar/transports.def"
    TRANSPORT_COUNT,
    TRANSPORT_NONE = TRANSPORT_COUNT
};

struct transport_row {
    const char *name;
    const char *word;      /* in options */
    const char *parameter; /* in URIs */
    uint16_t port;         /* default */
    bool secure;
};
extern const struct transport_row transports[TRANSPORT_COUNT];

enum cause {
    CAUSE_NONE,
#define CAUSE(ID, ...) CAUSE_##ID,
#include "grammar/causes.def"
    CAUSE_COUNT
};
extern const char *const causes[CAUSE_COUNT]; /* names; causes[CAUSE_NONE] is "" */

enum cause_kind {
    CAUSE_KIND_RESPONSE,
    CAUSE_KIND_SILENCE,
    CAUSE_KIND_TRANSPORT,
    CAUSE_KIND_UNSENT,
    CAUSE_KIND_NEITHER,
};
extern const enum cause_kind cause_kinds[CAUSE_COUNT];

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

/* Each answers the row of that name, whatever its letter case (methods: exactly, RFC 3261 7.1), or the _COUNT (for
 * headers HEADER_OTHER; the compact form counts as the name). */
enum word word_named(struct slice name);
enum variable variable_named(struct slice name);
enum failover_setting failover_setting_named(struct slice name); /* without "failover." */
enum header header_named(struct slice name);
enum method method_named(struct slice name);
enum transport transport_named(struct slice name);

const char *status_reason(unsigned code); /* "" for an unknown code */

/* Index of `word` in "a|b|c", whatever its letter case; -1 for none. */
int choice_named(const char *choices, struct slice word);

/* A hash over every row that gives an image its meaning: opcodes, pattern codes, words, headers, transports. An image
 * made with other tables is refused. */
uint64_t tables_hash(void);

#endif
