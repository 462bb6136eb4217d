/* SPDX-License-Identifier: MIT */
/* The memory of one compilation: an arena that never answers NULL. When memory is out, the
 * compilation ends where memory_guard() was called; whatever it owns lives in the arena, so that
 * nothing is lost. */
#ifndef FOV_COMPILER_MEMORY_H
#define FOV_COMPILER_MEMORY_H

#include "grammar/arena.h"

#include <setjmp.h>
#include <stdnoreturn.h>

struct memory {
    struct arena arena;
    struct arena scratch; /* for what is needed once and soon forgotten; whoever uses it resets it before */
    jmp_buf out;
};

noreturn void memory_out(struct memory *memory);
/* Zeroed. */
void *memory_new(struct memory *memory, size_t size);
/* Room for one more behind `count` entries of `size` bytes: an array, moved when it has to grow. */
void *memory_grow(struct memory *memory, void *array, size_t count, size_t size);
struct slice memory_copy(struct memory *memory, struct slice text);
char *memory_printf(struct memory *memory, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
