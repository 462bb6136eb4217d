/* SPDX-License-Identifier: MIT */
/* The wall clock, and times as text: UTC. */
#ifndef FOV_RUNTIME_CONTROL_WHEN_H
#define FOV_RUNTIME_CONTROL_WHEN_H

#include <stdint.h>

enum { WHEN_TEXT = 40 };

int64_t when_now(void); /* ms since 1970 */
/* "2030-01-31T12:00:00Z"; returns buffer. */
const char *when_text(int64_t unix_ms, char buffer[WHEN_TEXT]);

#endif
