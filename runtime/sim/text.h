/* SPDX-License-Identifier: MIT */
/* A text that grows in an arena: what the simulation prints. When memory is out it stays as it is and says so. */
#ifndef FOV_RUNTIME_SIM_TEXT_H
#define FOV_RUNTIME_SIM_TEXT_H

#include "grammar/arena.h"

struct text {
    struct arena *arena;
    char *at;
    size_t len, room;
    bool cut; /* memory ran out: something is missing */
};

void text_init(struct text *text, struct arena *arena);
void text_add(struct text *text, struct slice s);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Valid until the next change. */
struct slice text_slice(const struct text *text);

#endif
