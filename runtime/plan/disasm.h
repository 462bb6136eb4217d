/* SPDX-License-Identifier: MIT */
/* A verified image as a listing for people and golden files: rules with their lines, code,
 * patterns, data. */
#ifndef FOV_RUNTIME_PLAN_DISASM_H
#define FOV_RUNTIME_PLAN_DISASM_H

#include "runtime/plan/image.h"

#include <stdio.h>

void disasm_image(FILE *out, const struct image *image);

#endif
