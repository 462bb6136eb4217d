/* SPDX-License-Identifier: MIT */
/* A password as it comes in: never as an argument, which everybody on the machine could read. */
#ifndef FOV_RUNTIME_CONTROL_PASSWORD_H
#define FOV_RUNTIME_CONTROL_PASSWORD_H

#include "grammar/slice.h"

enum { PASSWORD_MAX = 512 }; /* bytes */

struct password {
    char bytes[PASSWORD_MAX + 1];
    size_t length;
};

/* The first line of `file`; NULL: of standard input, which is asked twice, without echo, when it is a terminal. 0, or
 * an exit code: a message was printed. */
int password_read(struct password *password, const char *file);
struct slice password_text(const struct password *password);
void password_wipe(struct password *password);
/* NULL, or why this cannot be a password. */
const char *password_fault(struct slice text);

#endif
