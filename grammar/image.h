/* SPDX-License-Identifier: MIT */
/* The compiled plan. Written by compiler/emit.c; read by runtime/plan/image.c (open), verify.c, disasm.c and vm.c
 * alone. Little-endian, position-independent, nothing in it depends on the machine, the clock or a path other than
 * file names as they were given.
 *
 *   offset 0   struct image_header        magic, version, total length, table hash, checksum
 *   offset 64  struct image_section [n]   in the order of enum image_section_kind, each kind once
 *   then       the sections, in that order, each aligned to 8, zero bytes between them, none behind the last
 *
 *              TEXTS     struct image_text []         constants: runs of BYTES
 *              BYTES     bytes; no control characters but TAB
 *              NAMES     struct image_name []         headers and environment variables the plan speaks of
 *              RULES     struct image_rule []         preliminary rules first, then the regular ones
 *              CODE      struct image_instruction []  the rules' code, in the order of RULES (opcodes.def)
 *              PATTERNS  struct image_pattern []
 *              RXCODE    struct image_rx []           the patterns' code, in the order of PATTERNS (rxcodes.def)
 *              SETS      struct image_set []          byte sets of patterns
 *   layout:    LABELS    struct image_label []        for each rule: its name, description, place
 *              LINES     struct image_line []         for each plan line that has code: where it is, by rising pc
 *              LAYOUT    bytes                        texts of LABELS and LINES: file names, rule names, descriptions;
 *                                                     no control characters but TAB
 *
 * Hashes are SipHash-2-4 with a key of zeros (hash_open); two(x, y) is the hash of 16 bytes, the hashes of x and of y,
 * least significant byte first. image_seal() computes them.
 *
 * The plan's identity is `plan_hash`: a hash of all sections before LABELS. Two plans that differ in comments,
 * names, blank lines or file names alone have the same one.
 */
#ifndef FOV_GRAMMAR_IMAGE_H
#define FOV_GRAMMAR_IMAGE_H

#include <stdint.h>

#define IMAGE_MAGIC "fovplan" /* with its NUL: 8 bytes */
enum {
    IMAGE_VERSION = 1,
    IMAGE_ALIGN = 8,
    IMAGE_NONE = 0xffff, /* no header id: the name is not in headers.def */

    /* Bounds that the compiler keeps and the verifier checks: with them an interpreter needs no checks of its own. */
    IMAGE_STACK_MAX = 64,       /* texts on the stack */
    IMAGE_RULE_MAX = 65536,     /* instructions of a rule */
    IMAGE_NAMES_MAX = 65536,    /* names: operand b */
    IMAGE_SLOTS_MAX = 256,      /* capture slots of a rule */
    IMAGE_RX_MAX = 4096,        /* instructions of a pattern */
    IMAGE_GROUPS_MAX = 99,      /* capturing groups of a pattern */
    IMAGE_LOOKS_MAX = 32,       /* look-aheads nested in a pattern */
    IMAGE_LENGTH_MAX = 1 << 30, /* bytes of an image */
};

enum image_section_kind {
    IMAGE_TEXTS,
    IMAGE_BYTES,
    IMAGE_NAMES,
    IMAGE_RULES,
    IMAGE_CODE,
    IMAGE_PATTERNS,
    IMAGE_RXCODE,
    IMAGE_SETS,
    IMAGE_LABELS,
    IMAGE_LINES,
    IMAGE_LAYOUT,
    IMAGE_SECTIONS
};

struct image_header {
    char magic[8];
    uint32_t version;
    uint32_t sections;    /* IMAGE_SECTIONS */
    uint64_t length;      /* of the whole image, in bytes */
    uint64_t table_hash;  /* codes_hash(): the words and opcodes the image was made with */
    uint64_t plan_hash;   /* two(table entries before LABELS, bytes between table and LABELS) */
    uint64_t checksum;    /* two(header with this field 0 and table, bytes from LABELS on) */
    uint64_t reserved[2]; /* 0 */
};

struct image_section {
    uint32_t kind;
    uint32_t offset; /* from the start of the image */
    uint32_t length; /* in bytes, a multiple of the record's size */
    uint32_t reserved;
};

struct image_text {
    uint32_t offset, length; /* in BYTES (TEXTS) or LAYOUT (labels, lines) */
};

enum image_name_flags {
    IMAGE_NAME_ENV = 1,  /* an environment variable, else a header */
    IMAGE_NAME_READ = 2, /* the plan reads it: a header's value is part of the loop hash */
};

struct image_name {
    uint32_t text;   /* index in TEXTS: as first written; names are compared without letter case */
    uint16_t header; /* row of headers.def, IMAGE_NONE for a header not in it, and for an environment variable */
    uint16_t flags;
};

enum image_rule_flags {
    IMAGE_RULE_PRELIMINARY = 1,
    IMAGE_RULE_DISABLED = 2,
    IMAGE_RULE_EMPTY = 4, /* no deploy line: stops evaluation, routes as if nothing had matched */
};

struct image_rule {
    uint32_t start, count; /* in CODE */
    uint16_t slots;        /* capture slots: slot n - 1 is %n */
    uint16_t flags;
};

struct image_instruction {
    uint8_t op, a;
    uint16_t b;
    uint32_t c;
};

struct image_pattern {
    uint32_t start, count; /* in RXCODE */
    uint32_t text;         /* index in TEXTS: as written, for people */
    uint16_t groups;       /* capturing groups */
    uint16_t inserts;      /* capture slots that its INSERTs may read: the highest one + 1, 0 for none */
};

struct image_rx {
    uint8_t op, a;
    uint16_t b;
    uint32_t c;
};

struct image_set {
    uint32_t bits[8]; /* byte n is in the set when bits[n / 32] >> n % 32 & 1 */
};

/* `file` is empty for the plan's own text, and names the included file otherwise. */
struct image_label {
    struct image_text name, description, file; /* in LAYOUT */
    uint32_t line, number;                     /* where it starts; number in its list, from 1 */
};

struct image_line {
    uint32_t pc; /* first instruction of the line's code, in CODE */
    uint32_t line;
    struct image_text file;
};

/* Where in a value an inserted text stands (operand PIECE): what it may hold. */
enum image_piece {
    IMAGE_PIECE_TEXT,      /* argument of a function: anything */
    IMAGE_PIECE_LINE,      /* a header or other value: no control characters */
    IMAGE_PIECE_USER,      /* the user part of a URI: RFC 3261 user */
    IMAGE_PIECE_HOST,      /* a host */
    IMAGE_PIECE_PORT,      /* a port */
    IMAGE_PIECE_PARAM,     /* a URI parameter's name or value */
    IMAGE_PIECE_URI,       /* a whole URI, or host and port: what may stand in a URI, no blanks, <>, quotes */
    IMAGE_PIECE_TAIL,      /* the end of a To value: cut at the first '>', blank or ";tag=" outside quotes */
    IMAGE_PIECE_QUOTED,    /* inside a quoted string: RFC 3261 quoted-string, without a quote that ends it */
    IMAGE_PIECE_IP6,       /* between the brackets of an IPv6 reference */
    IMAGE_PIECE_BARE_USER, /* the user part of a URI without <> in a header, where ';' '?' ',' end it: RFC 3261 20 */
    IMAGE_PIECE_BARE_URI,  /* a whole URI there */
    IMAGE_PIECES
};

_Static_assert(sizeof(struct image_header) == 64, "drawn above");
_Static_assert(sizeof(struct image_section) == 16 && sizeof(struct image_instruction) == 8, "packed");
_Static_assert(sizeof(struct image_rx) == 8 && sizeof(struct image_set) == 32, "packed");
_Static_assert(sizeof(struct image_rule) == 12 && sizeof(struct image_pattern) == 16, "packed");
_Static_assert(sizeof(struct image_label) == 32 && sizeof(struct image_line) == 16, "packed");

#endif
