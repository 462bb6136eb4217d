/* SPDX-License-Identifier: MIT */
/* The memory of the code under test (linked with --wrap): counted, and able to run out once or for good. What the test
 * itself takes between memory_pause and memory_resume is not counted and never fails. */
#ifndef FOV_TESTS_FUZZ_PROXY_MEMORY_H
#define FOV_TESTS_FUZZ_PROXY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* The allocation number `nth` from now (1: the next one) fails; 0: none does. `for_good`: all behind it, too. */
void memory_fail(unsigned long nth, bool for_good);
unsigned long memory_asked(void); /* allocations so far */
long memory_live(void);           /* blocks that were not given back */
size_t memory_bytes(void);        /* what the allocator set aside for them */
void memory_pause(void);
void memory_resume(void);

#endif
