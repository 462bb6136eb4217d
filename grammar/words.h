/* SPDX-License-Identifier: MIT */
/* The words of plans: functions, variables and the settings of failover (words.def). */
#ifndef FOV_GRAMMAR_WORDS_H
#define FOV_GRAMMAR_WORDS_H

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

/* Each answers the row of that name, whatever its letter case, or the _COUNT. */
enum word word_named(struct slice name);
enum variable variable_named(struct slice name);
enum failover_setting failover_setting_named(struct slice name); /* without "failover." */

#endif
