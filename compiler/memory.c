/* SPDX-License-Identifier: MIT */
#include "compiler/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

noreturn void memory_out(struct memory *memory) {
    longjmp(memory->out, 1);
}

void *memory_new(struct memory *memory, size_t size) {
    void *taken = arena_alloc(&memory->arena, size);
    if (!taken)
        memory_out(memory);
    return taken;
}

/* Arrays double: there is room for another entry unless `count` is a power of two. */
void *memory_grow(struct memory *memory, void *array, size_t count, size_t size) {
    if (count & (count - 1))
        return array;
    if (count > SIZE_MAX / size / 2)
        memory_out(memory);
    void *grown = memory_new(memory, (count ? 2 * count : 1) * size);
    return count ? memcpy(grown, array, count * size) : grown;
}

struct slice memory_copy(struct memory *memory, struct slice text) {
    struct slice copy = arena_copy(&memory->arena, text);
    if (text.at && !copy.at)
        memory_out(memory);
    return copy;
}

char *memory_printf(struct memory *memory, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        memory_out(memory);
    char *text = memory_new(memory, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
