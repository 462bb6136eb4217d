/* SPDX-License-Identifier: MIT */
/* Memory that runs out: from `allocations_left` 0 on every allocation of the code under test fails. Linked with
 * --wrap (tests/unit/failing_malloc.mk); included by the one file of a test program. */
#ifndef FOV_TESTS_UNIT_SIP_FAILING_MALLOC_H
#define FOV_TESTS_UNIT_SIP_FAILING_MALLOC_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

static long allocations_left = LONG_MAX;
static size_t bytes_asked; /* by malloc and calloc, in all */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool memory_is_out(void) {
    if (allocations_left > 0)
        allocations_left--;
    else
        return true;
    return false;
}

void *__wrap_malloc(size_t size) {
    bytes_asked += size;
    return memory_is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    bytes_asked += count * size;
    return memory_is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return memory_is_out() ? NULL : __real_realloc(old, size);
}

#endif
