/* SPDX-License-Identifier: MIT */
/* libFuzzer's entry, called by plan_main.c too. */
#ifndef FOV_TESTS_FUZZ_CONFIG_H
#define FOV_TESTS_FUZZ_CONFIG_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
