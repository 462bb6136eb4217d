/* SPDX-License-Identifier: MIT */
/* Stories: calls through a plan, told as text and played in virtual time; as what the reader makes of that.
 * tests/scenario/README.md says how they are written. */
#ifndef FOV_RUNTIME_SIM_STORY_H
#define FOV_RUNTIME_SIM_STORY_H

#include "runtime/sim/page.h"
#include "runtime/sim/connections.h"

enum { STORY_TIMES_MAX = 32, STORY_LISTENERS_MAX = 8 };

struct story_party {
    struct story_party *next;
    struct slice name;
    struct endpoint at, listener; /* where it sends to; family 0: the first listener that it can reach */
    bool browser;                 /* reached over the connections that it has opened alone */
};

struct story_entry {          /* a user or, with an entity, an alias */
    struct story_entry *next; /* the newest first */
    struct slice name;
    struct slice password, allow;
    bool push, md5_only;
    struct slice entity, group;
};

struct story_block { /* an address that is blocked from the start */
    struct story_block *next;
    struct ip_address ip;
    uint32_t time; /* ms */
    bool for_ever;
};

enum field_kind { FIELD_IS, FIELD_MATCHES, FIELD_DIFFERS, FIELD_ABSENT, FIELD_COUNT, FIELD_ADDED };

struct story_field { /* an indented line */
    struct story_field *next;
    unsigned line;
    enum field_kind kind;
    struct slice name, value;
};

enum step_kind {
    STEP_SEND,
    STEP_EXPECT,
    STEP_ICMP,
    STEP_MEET,
    STEP_CLOSE,
    STEP_WAIT,
    STEP_DRAIN,
    STEP_RESTART,
    STEP_JUMP,
    STEP_LOG,
    STEP_RECORD,
    STEP_IDLE,
    STEP_STOP
};
enum step_when { WHEN_NOW, WHEN_AT, WHEN_AFTER };

struct story_step {
    struct story_step *next;
    unsigned line;
    struct slice text; /* the line */
    enum step_kind kind;
    const struct story_party *party;
    struct slice call;        /* label, "" for the one call */
    struct slice method, uri; /* null: not given */
    unsigned code;            /* 0: a request, or raw */
    struct slice reason;      /* null: not given */
    bool again, raw;
    bool negated; /* log !~, busy, jump back */
    struct slice pattern;
    uint32_t jump; /* ms */
    enum sim_manner manner;
    struct slice identity; /* of a certificate; null: any */
    uint32_t quoting;      /* bytes of an ICMP message, UINT32_MAX: all */
    enum step_when when;
    uint32_t times[STORY_TIMES_MAX];
    unsigned time_count;
    struct story_field *fields;
    struct slice body; /* null: none given */
};

struct story_contact { /* registered before the story begins; the newest first */
    struct story_contact *next;
    struct store_binding binding; /* `expires` counts from the beginning */
};

struct story {
    struct story *next;
    const char *file;
    unsigned line;
    struct slice title;
    struct story_party *parties;
    struct slice plan, plan_file; /* text with the lines at their places in the file; or a file's name */
    struct proxy_settings settings;
    struct endpoint listeners[STORY_LISTENERS_MAX];
    struct ip_address addresses[STORY_LISTENERS_MAX];
    struct settings_reader options; /* of `settings` */
    struct sim_gap *gaps;
    struct story_block *blocks;
    struct sim_saying *sayings;
    struct story_entry *entries;
    struct story_contact *contacts;
    uint32_t store_delay;
    int64_t unix_ms;
    struct slice fails; /* null: it must pass */
    struct story_step *steps, **steps_end;
    unsigned wrong_line; /* what could not be read; 0: all could */
    const char *wrong;
};

/* Reads a file's text. A line that cannot be read spoils its story alone (`wrong`); it is told when that is played.
 * Everything lives in `arena`; `file` and `text` must outlive it. NULL: out of memory, or no story at all. */
struct story *story_read(struct arena *arena, const char *file, struct slice text);

const struct story_party *story_party_named(const struct story *story, struct slice name);

#endif
