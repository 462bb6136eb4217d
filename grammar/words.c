/* SPDX-License-Identifier: MIT */
#include "grammar/words.h"

enum { TAG_B = false, TAG_X = true };

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
