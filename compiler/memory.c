/* SPDX-License-Identifier: MIT */
#include "compiler/memory.h"

noreturn void memory_out(struct memory *memory) {
    longjmp(memory->out, 1);
}

static void *taken(struct memory *memory, void *place) {
    if (!place)
        memory_out(memory);
    return place;
}

void *memory_new(struct memory *memory, size_t size) {
    return taken(memory, arena_alloc(&memory->arena, size));
}

void *memory_grow(struct memory *memory, void *array, size_t count, size_t size) {
    return taken(memory, arena_room(&memory->arena, array, count, size));
}

struct slice memory_copy(struct memory *memory, struct slice text) {
    struct slice copy = arena_copy(&memory->arena, text);
    if (text.at && !copy.at)
        memory_out(memory);
    return copy;
}

char *memory_printf(struct memory *memory, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(&memory->arena, format, args);
    va_end(args);
    return taken(memory, text);
}
