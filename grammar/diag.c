/* SPDX-License-Identifier: MIT */
#include "grammar/diag.h"

#include "grammar/near.h"

#include <stdarg.h>
#include <string.h>

const struct diag_row diag_rows[DIAG_COUNT] = {
#define DIAG(ID, NAME, SEVERITY, DOC) [DIAG_##ID] = {NAME, DIAG_##SEVERITY, DOC},
#include "grammar/diags.def"
};

void diag_options_init(struct diag_options *options) {
    options->all_errors = false;
    for (enum diag_code code = 0; code < DIAG_COUNT; code++)
        options->severity[code] = (uint8_t)diag_rows[code].severity;
}

static enum diag_code code_named(struct slice name, struct near *near) {
    near_start(near, name);
    for (enum diag_code code = 0; code < DIAG_COUNT; code++) {
        if (slice_equal(name, slice_of(diag_rows[code].name)))
            return code;
        if (diag_rows[code].severity != DIAG_ERROR)
            near_try(near, diag_rows[code].name);
    }
    return DIAG_COUNT;
}

const char *diag_option(struct diag_options *options, const char *text, char *buffer, size_t size) {
    struct slice name = slice_of(text);
    if (slice_equal(name, SLICE("error"))) {
        options->all_errors = true;
        return NULL;
    }
    enum diag_severity severity = DIAG_WARNING;
    if (slice_starts(name, SLICE("no-"))) {
        severity = DIAG_QUIET;
        name = slice_from(name, 3);
    } else if (slice_starts(name, SLICE("error="))) {
        severity = DIAG_ERROR;
        name = slice_from(name, 6);
    }
    struct near near;
    enum diag_code code = code_named(name, &near);
    if (code == DIAG_COUNT) {
        snprintf(buffer, size,
                 near.best ? "no warning is called '%.*s'; did you mean '%s'?" : "no warning is called '%.*s'",
                 SLICE_ARG(name), near.best);
        return buffer;
    }
    if (diag_rows[code].severity == DIAG_ERROR) {
        snprintf(buffer, size, "'%s' is always an error", diag_rows[code].name);
        return severity == DIAG_ERROR ? NULL : buffer;
    }
    options->severity[code] = (uint8_t)severity;
    return NULL;
}

void diag_list_init(struct diag_list *list, struct arena *arena, const struct diag_options *options) {
    *list = (struct diag_list){.arena = arena, .options = options, .last = &list->first};
}

bool diag_wanted(const struct diag_list *list, enum diag_code code) {
    return list->options->severity[code] != DIAG_QUIET;
}

__attribute__((format(printf, 2, 0))) static const char *compose(struct diag_list *list, const char *format,
                                                                 va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : arena_bytes(list->arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, args);
    else
        list->failed = true;
    return text;
}

struct diag *diag_report(struct diag_list *list, enum diag_code code, struct span span, const char *format, ...) {
    if (!diag_wanted(list, code))
        return NULL;
    bool error = list->options->severity[code] == DIAG_ERROR || list->options->all_errors;
    list->errors += error;
    if (list->count >= DIAG_KEPT_MAX)
        return NULL;
    struct diag *diag = arena_alloc(list->arena, sizeof *diag);
    if (!diag) {
        list->failed = true;
        return NULL;
    }
    va_list args;
    va_start(args, format);
    *diag = (struct diag){.code = code, .error = error, .number = list->count, .span = span, .last = &diag->notes};
    diag->message = compose(list, format, args);
    va_end(args);
    if (!diag->message)
        return NULL;
    list->count++;
    *list->last = diag;
    list->last = &diag->next;
    return diag;
}

void diag_note(struct diag_list *list, struct diag *diag, struct span span, const char *format, ...) {
    struct diag_note *note = diag ? arena_alloc(list->arena, sizeof *note) : NULL;
    if (!note) {
        list->failed |= diag != NULL;
        return;
    }
    va_list args;
    va_start(args, format);
    *note = (struct diag_note){.span = span, .message = compose(list, format, args)};
    va_end(args);
    if (!note->message)
        return;
    *diag->last = note;
    diag->last = &note->next;
}

void diag_help(struct diag_list *list, struct diag *diag, const char *format, ...) {
    if (!diag)
        return;
    va_list args;
    va_start(args, format);
    diag->help = compose(list, format, args);
    va_end(args);
}
