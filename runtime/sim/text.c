/* SPDX-License-Identifier: MIT */
#include "runtime/sim/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_init(struct text *text, struct arena *arena) {
    *text = (struct text){.arena = arena};
}

static bool grow(struct text *text, size_t more) {
    if (text->room - text->len >= more)
        return true;
    size_t room = (text->len + more) * 2 + 64;
    char *at = arena_bytes(text->arena, room);
    if (!at) {
        text->cut = true;
        return false;
    }
    if (text->len)
        memcpy(at, text->at, text->len);
    text->at = at;
    text->room = room;
    return true;
}

void text_add(struct text *text, struct slice s) {
    if (s.len == 0 || !grow(text, s.len))
        return;
    memcpy(text->at + text->len, s.at, s.len);
    text->len += s.len;
}

void text_printf(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size <= 0 || !grow(text, (size_t)size + 1))
        return;
    va_start(arguments, format);
    vsnprintf(text->at + text->len, (size_t)size + 1, format, arguments);
    va_end(arguments);
    text->len += (size_t)size;
}

struct slice text_slice(const struct text *text) {
    return text->len ? (struct slice){text->at, text->len} : SLICE_EMPTY;
}
