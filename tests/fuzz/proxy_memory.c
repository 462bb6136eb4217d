/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/proxy_memory.h"

#include <malloc.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);

static unsigned long asked, failing;
static long live;
static size_t set_aside;
static bool failing_for_good, paused = true;

void memory_fail(unsigned long nth, bool for_good) {
    failing = nth ? asked + nth : 0;
    failing_for_good = for_good;
}

unsigned long memory_asked(void) {
    return asked;
}

long memory_live(void) {
    return live;
}

size_t memory_bytes(void) {
    return set_aside;
}

void memory_pause(void) {
    paused = true;
}

void memory_resume(void) {
    paused = false;
}

static bool is_out(void) {
    if (paused)
        return false;
    asked++;
    return failing && (failing_for_good ? asked >= failing : asked == failing);
}

/* A block's header of the allocator (8 bytes) counts: it is what a process grows by. */
static void *count(void *memory) {
    if (memory && !paused) {
        live++;
        set_aside += malloc_usable_size(memory) + sizeof(size_t);
    }
    return memory;
}

static void forget(void *memory) {
    if (memory && !paused) {
        live--;
        set_aside -= malloc_usable_size(memory) + sizeof(size_t);
    }
}

void *__wrap_malloc(size_t size) {
    return is_out() ? NULL : count(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size) {
    return is_out() ? NULL : count(__real_calloc(n, size));
}

void *__wrap_realloc(void *old, size_t size) {
    size_t before = old ? malloc_usable_size(old) : 0;
    bool first = !old;
    if (is_out())
        return NULL;
    void *memory = __real_realloc(old, size);
    if (memory && first)
        return count(memory);
    if (memory && !paused)
        set_aside += malloc_usable_size(memory) - before;
    return memory;
}

void __wrap_free(void *memory) {
    forget(memory);
    __real_free(memory);
}
