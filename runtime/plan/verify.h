/* SPDX-License-Identifier: MIT */
/* The verifier: an image is hostile until it has passed. One pass, linear in its length; afterwards neither the plan
 * machine nor the matcher checks anything but its step budget. (The numbered list of invariants stands here.) */
#ifndef FOV_RUNTIME_PLAN_VERIFY_H
#define FOV_RUNTIME_PLAN_VERIFY_H

#include "runtime/plan/image.h"

/* 0, or -EINVAL with the refusal. Opens (image_open) and verifies. */
int verify_image(struct image *image, const void *bytes, size_t length, struct image_refusal *refusal);

#endif
