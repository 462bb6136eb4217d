/* SPDX-License-Identifier: MIT */
/* An arena hands out memory that is given back all at once: one per compilation, per evaluation, per call.
 * It can start in a buffer of the caller's and grow by blocks from the heap, up to a limit. */
#ifndef FOV_GRAMMAR_ARENA_H
#define FOV_GRAMMAR_ARENA_H

#include "grammar/slice.h"

#include <stdarg.h>

struct arena_block;

struct arena {
    char *at, *end;             /* what is left of the current block */
    struct arena_block *blocks; /* heap blocks, newest first */
    char *first;                /* the caller's buffer, NULL for none */
    size_t first_size;
    size_t used, limit; /* bytes handed out so far, and at most */
};

/* `limit` in bytes, 0 = none. `buffer` may be NULL. The buffer stays the caller's. */
void arena_init(struct arena *arena, void *buffer, size_t size, size_t limit);
/* Zeroed memory aligned for any type, or NULL: out of memory, or over the limit. */
void *arena_alloc(struct arena *arena, size_t size);
/* Unaligned bytes, not zeroed; NULL as above. */
char *arena_bytes(struct arena *arena, size_t size);
/* A copy; a NUL follows it, not counted. The null slice when out of memory; the copy of a null slice is null. */
struct slice arena_copy(struct arena *arena, struct slice s);
/* A list of `count` things of `size` bytes with room for one more; their number says how much it has, so that it is
 * always this that makes it grow. NULL: out of memory; the list is as it was. */
void *arena_room(struct arena *arena, void *list, size_t count, size_t size);
/* printf into the arena; NULL when out of memory. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* Everything handed out so far becomes invalid; the arena is as after arena_init. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#endif
