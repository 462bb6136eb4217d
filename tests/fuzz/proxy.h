/* SPDX-License-Identifier: MIT */
/* The proxy core under fire: libFuzzer's entry, and what proxy_main.c calls. The bytes are a program: which plan, which
 * settings, then events (proxy.c). A broken promise aborts. */
#ifndef FOV_TESTS_FUZZ_PROXY_H
#define FOV_TESTS_FUZZ_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* The same while the allocation number `failing` fails (0: none), and `for_good` all behind it. The number of
 * allocations that it asked for. */
unsigned long proxy_run(const uint8_t *data, size_t size, unsigned long failing, bool for_good);

#endif
