/* SPDX-License-Identifier: MIT */
/* The other side of the control socket (console.h): asks a running server. */
#ifndef FOV_RUNTIME_NET_CONSOLE_ASK_H
#define FOV_RUNTIME_NET_CONSOLE_ASK_H

#include "grammar/slice.h"

/* Not 0: enough. */
typedef int console_reader(void *context, struct slice line);

/* Asks the server of that state directory, and gives each line of the answer to `reader`. 0; what the reader said;
 * -ENOENT, -ECONNREFUSED: no server runs there; -EPROTO: it says nothing, as it does not know the question, or does not
 * want to know who asks; -ENOBUFS: a line is too long; -ENOMEM, and what sockets report. Waits for at most ten seconds
 * at a time. */
int console_ask(const char *directory, const char *question, console_reader *reader, void *context);

#endif
