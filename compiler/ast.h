/* SPDX-License-Identifier: MIT */
/* A plan as a tree: what parse.c reads, what check.c finds out about it, what emit.c makes code of.
 * Everything lives in the memory of the compilation. */
#ifndef FOV_COMPILER_AST_H
#define FOV_COMPILER_AST_H

#include "grammar/source.h"
#include "grammar/protocol.h"
#include "grammar/words.h"
#include "runtime/regex/program.h"

/* A piece of a plan's text: its bytes, and where each of them stands. */
struct text {
    struct slice s;
    struct span span;
    const uint32_t *map; /* place of each byte and of the end; NULL: one behind the other from span.start */
};

/* Where `length` bytes from `at` on stand. */
struct span text_span(const struct text *text, size_t at, size_t length);
struct text text_cut(const struct text *text, size_t start, size_t end);

/* A part of a value or string: plain text, or an insert. */
struct piece {
    struct slice literal; /* of plain text */
    unsigned slot;        /* 1 for %1 ...; 0: plain text */
    unsigned place;       /* enum image_piece: where the insert stands */
    struct span span;
    struct piece *next;
};

struct pattern {
    struct text text;
    struct rx_program program; /* code and sets in the memory of the compilation */
    unsigned groups;           /* capturing ones, also of a broken pattern */
    unsigned first;            /* capture slot of group 1, 0: its groups are not numbered */
    struct slice *names;       /* of the groups; null slices for those without */
    bool broken;
};

enum term_kind {
    TERM_WORD,        /* $name or $name(arguments) */
    TERM_ENVIRONMENT, /* &name */
    TERM_NAME,        /* a header's name, or true and false in an argument */
    TERM_STRING,
    TERM_NUMBER,
};

struct term {
    enum term_kind kind;
    struct span span; /* with its arguments */
    struct text text; /* the name without $ or &; what stands between the quotes; the number */
    struct term *arguments, *next;
    unsigned count; /* of arguments */
    /* found by the checks */
    enum word word;
    enum header header;          /* of TERM_NAME; HEADER_OTHER: known by its name */
    bool constant;               /* a TERM_NAME that is true or false */
    struct piece *pieces;        /* of a string */
    struct condition *condition; /* of a string that is one */
};

/* Its name with the $ or &, without its arguments. */
struct span term_name_span(const struct term *term);

struct condition {
    struct span span;
    struct term *left;
    struct text value; /* behind '=' */
    bool valued;       /* there was a '=' */
    bool negated;      /* a '!' in front of the left side, or of the pattern */
    bool present;      /* asks whether the header is there */
    bool broken;       /* no code can be made of it */
    struct pattern *pattern;
    struct condition *next;
};

/* A destination of $target or of a failover list. */
struct destination {
    struct text text;
    struct piece *pieces;
    enum transport transport; /* TRANSPORT_NONE: not given */
    struct destination *next;
};

enum deploy_kind {
    DEPLOY_BROKEN,
    DEPLOY_HEADER,
    DEPLOY_REPLY, /* _Header */
    DEPLOY_TO,
    DEPLOY_ENVIRONMENT,
    DEPLOY_VARIABLE,
    DEPLOY_TARGETS,
    DEPLOY_SESSION,
    DEPLOY_FAILOVER,
};

struct deploy {
    struct span span;
    struct term *left;
    struct text value;
    bool valued;
    /* found by the checks */
    enum deploy_kind kind;
    struct slice name; /* of the header or variable, without '_' or '&' */
    enum header header;
    enum variable variable;
    enum failover_setting setting;
    struct piece *pieces;
    struct destination *destinations, *last_destination;
    bool local;              /* one of its destinations is a user of this server: sip:user@ */
    bool session;            /* DEPLOY_SESSION: failover is switched on */
    bool fallback;           /* DEPLOY_FAILOVER: back to the default */
    uint32_t number;         /* ... milliseconds, truth value, choice */
    struct pattern *pattern; /* ... */
    bool stored;             /* ... its text is kept too: a condition of the plan reads it */
    struct deploy *next;
};

struct rule {
    struct span span; /* where it starts */
    bool preliminary, disabled;
    bool named;       /* [Rule] or [Preliminary Rule] started it */
    bool broken;      /* a line of it could not be read: nothing can be said about what it lacks */
    struct text name; /* null: none */
    struct text description;
    struct condition *conditions, **last_condition;
    struct deploy *deploys, **last_deploy;
    unsigned slots; /* capture slots of its conditions */
    uint32_t lines; /* of both kinds */
    struct rule *next;
};

struct plan {
    struct rule *rules, **last_rule; /* of both lists, in the order of the text */
    unsigned count;
};

#endif
