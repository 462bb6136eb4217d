/* SPDX-License-Identifier: MIT */
#include "grammar/option.h"

#include "grammar/near.h"
#include "grammar/value.h"

const struct option_row option_rows[OPTION_COUNT] = {
#define OPTION(ID, letter, name, KIND, argument, fallback, VALUE, doc)                                                 \
    {letter, name, OPTION_KIND_##KIND, argument, fallback, doc},
#include "grammar/options.def"
};

enum option option_named(struct slice name) {
    unsigned i = 0;
    while (i < OPTION_COUNT && !slice_equal(name, slice_of(option_rows[i].name)))
        i++;
    return (enum option)i;
}

const char *option_near(struct slice name) {
    struct near near;
    near_start(&near, name);
    for (unsigned i = 0; i < OPTION_COUNT; i++)
        near_try(&near, option_rows[i].name);
    return near.best;
}

bool option_is_path(enum option option) {
    struct slice argument = slice_of(option_rows[option].argument);
    return slice_equal(argument, SLICE("FILE")) || slice_equal(argument, SLICE("DIRECTORY"));
}

/* Readers: NULL, or what was expected instead. */

static const char *read_time(uint32_t *milliseconds, struct slice text) {
    uint32_t time;
    if (!duration_parse(&time, text) || time == 0)
        return "a time above zero, as in 500ms, 4s, 3m, at most 24h";
    *milliseconds = time;
    return NULL;
}

static const char *read_time_or_off(uint32_t *milliseconds, struct slice text) {
    uint32_t time = 0;
    if (!slice_same(text, SLICE("off")) && !duration_parse(&time, text))
        return "a time, as in 30s, or off";
    *milliseconds = time;
    return NULL;
}

static const char *read_seconds(uint32_t *seconds, struct slice text) {
    uint32_t time;
    if (!duration_parse(&time, text) || time == 0 || time % 1000)
        return "a time in whole seconds, as in 60s, 5m, 1h, at most 24h";
    *seconds = time / 1000;
    return NULL;
}

static const char *read_number(unsigned *number, struct slice text, const struct option_field *field) {
    uint64_t found;
    if (!slice_number(text, field->most, &found) || found == 0)
        return field->expected;
    *number = (unsigned)found;
    return NULL;
}

static const char *read_word(void *place, enum option_type type, struct slice text, const char *choices) {
    int choice = choice_named(choices, text);
    if (choice < 0)
        return choices;
    if (type == OPTION_TYPE_WORD)
        *(unsigned *)place = (unsigned)choice;
    else
        *(bool *)place = (choice == 0) == (type == OPTION_TYPE_FIRST);
    return NULL;
}

const char *option_read(enum option option, const struct option_field *field, void *owner, const char *value) {
    void *place = (char *)owner + field->at;
    struct slice text = slice_of(value);
    switch (field->type) {
    case OPTION_TYPE_OWN: break;
    case OPTION_TYPE_TIME: return read_time(place, text);
    case OPTION_TYPE_TIME_OR_OFF: return read_time_or_off(place, text);
    case OPTION_TYPE_SECONDS: return read_seconds(place, text);
    case OPTION_TYPE_NUMBER: return read_number(place, text, field);
    case OPTION_TYPE_FIRST:
    case OPTION_TYPE_LAST:
    case OPTION_TYPE_WORD: return read_word(place, field->type, text, option_rows[option].argument);
    case OPTION_TYPE_TEXT: *(const char **)place = value; break;
    case OPTION_TYPE_GIVEN: *(bool *)place = true; break;
    }
    return NULL;
}
