/* SPDX-License-Identifier: MIT */
/* The options of fovrun: the rows of options.def, and the reader of values that need no reader of their own. Where a
 * value goes is known to its owner: proxy/settings.h, net/option_values.h. */
#ifndef FOV_GRAMMAR_OPTION_H
#define FOV_GRAMMAR_OPTION_H

#include "grammar/slice.h"

#include <stddef.h>

enum option {
#define OPTION(ID, ...) OPTION_##ID,
#include "grammar/options.def"
    OPTION_COUNT
};

enum option_kind { OPTION_KIND_ONE, OPTION_KIND_SEVERAL, OPTION_KIND_LINE };

struct option_row {
    char letter;
    const char *name;
    enum option_kind kind;
    const char *argument, *fallback, *doc;
};
extern const struct option_row option_rows[OPTION_COUNT];

/* The row of that name (without --), or OPTION_COUNT. */
enum option option_named(struct slice name);
/* Did you mean; NULL: no name is near. */
const char *option_near(struct slice name);
/* Is the value the name of a file or directory? */
bool option_is_path(enum option option);

enum option_type {
    OPTION_TYPE_OWN, /* it has a reader of its own, or belongs to somebody else */
    OPTION_TYPE_TIME,
    OPTION_TYPE_TIME_OR_OFF,
    OPTION_TYPE_SECONDS,
    OPTION_TYPE_NUMBER,
    OPTION_TYPE_FIRST,
    OPTION_TYPE_LAST,
    OPTION_TYPE_WORD,
    OPTION_TYPE_TEXT,
    OPTION_TYPE_GIVEN,
};

/* Where a value goes. */
struct option_field {
    enum option_type type;
    size_t at;            /* bytes from the beginning of its owner's struct */
    uint32_t most;        /* of a NUMBER */
    const char *expected; /* instead of another one */
};

enum {
    OPTION_SIZE_TIME = sizeof(uint32_t),
    OPTION_SIZE_TIME_OR_OFF = sizeof(uint32_t),
    OPTION_SIZE_SECONDS = sizeof(uint32_t),
    OPTION_SIZE_NUMBER = sizeof(unsigned),
    OPTION_SIZE_FIRST = sizeof(bool),
    OPTION_SIZE_LAST = sizeof(bool),
    OPTION_SIZE_WORD = sizeof(unsigned),
    OPTION_SIZE_TEXT = sizeof(const char *),
    OPTION_SIZE_GIVEN = sizeof(bool),
};

/* A field of another size than its type's does not compile. */
#define OPTION_FIELD(TYPE, owner, field, ...)                                                                          \
    {                                                                                                                  \
        OPTION_TYPE_##TYPE,                                                                                            \
            sizeof(char[sizeof(((owner *)0)->field) == OPTION_SIZE_##TYPE ? 1 : -1]) - 1 + offsetof(owner, field),     \
            __VA_ARGS__ + 0, "a number from 1 to " #__VA_ARGS__                                                        \
    }

/* Reads the value of `option` into the field of `owner`. NULL, or what was expected instead, and nothing has changed. A
 * TEXT is pointed to. */
const char *option_read(enum option option, const struct option_field *field, void *owner, const char *value);

#endif
