/* SPDX-License-Identifier: MIT */
#include "grammar/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena, void *buffer, size_t size, size_t limit) {
    *arena = (struct arena){.at = buffer, .first = buffer, .first_size = size, .limit = limit};
    arena->end = buffer ? arena->at + size : NULL;
}

static char *take(struct arena *arena, size_t size, size_t align) {
    if (arena->limit && (size > arena->limit || arena->used > arena->limit - size))
        return NULL;
    size_t pad = arena->at ? (size_t)(-(uintptr_t)arena->at & (align - 1)) : 0;
    if (!arena->at || (size_t)(arena->end - arena->at) < pad || (size_t)(arena->end - arena->at) - pad < size) {
        size_t room = size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE;
        if (room > SIZE_MAX - sizeof(struct arena_block))
            return NULL;
        struct arena_block *block = malloc(sizeof *block + room);
        if (!block)
            return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->used += size;
        if (room == size && arena->at) /* a block of its own: the current one goes on */
            return block->bytes;
        arena->at = block->bytes + size;
        arena->end = block->bytes + room;
        return block->bytes;
    }
    char *taken = arena->at + pad;
    arena->at = taken + size;
    arena->used += size;
    return taken;
}

void *arena_alloc(struct arena *arena, size_t size) {
    char *taken = take(arena, size, alignof(max_align_t));
    return taken ? memset(taken, 0, size) : NULL;
}

char *arena_bytes(struct arena *arena, size_t size) {
    return take(arena, size, 1);
}

struct slice arena_copy(struct arena *arena, struct slice s) {
    if (!s.at)
        return SLICE_NULL;
    char *copy = arena_bytes(arena, s.len + 1);
    if (!copy)
        return SLICE_NULL;
    memcpy(copy, s.at, s.len);
    copy[s.len] = '\0';
    return (struct slice){copy, s.len};
}

void *arena_room(struct arena *arena, void *list, size_t count, size_t size) {
    if (count & (count - 1))
        return list;
    if (count > SIZE_MAX / size / 2)
        return NULL;
    void *grown = arena_alloc(arena, (count ? 2 * count : 1) * size);
    return grown && count ? memcpy(grown, list, count * size) : grown;
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    char *text = length < 0 ? NULL : arena_bytes(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_reset(struct arena *arena) {
    void *buffer = arena->first;
    size_t size = arena->first_size, limit = arena->limit;
    arena_free(arena);
    arena_init(arena, buffer, size, limit);
}

void arena_free(struct arena *arena) {
    for (struct arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    *arena = (struct arena){0};
}
