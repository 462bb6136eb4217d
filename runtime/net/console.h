/* SPDX-License-Identifier: MIT */
/* The control socket, the file "control" in the state directory, mode 0600: where a running server is asked about
 * itself. A client of the server's own user, or of root, sends one line, a question, and gets lines of JSON, each an
 * object; then the connection is closed. What the answers say is report.h's. */
#ifndef FOV_RUNTIME_NET_CONSOLE_H
#define FOV_RUNTIME_NET_CONSOLE_H

#include "runtime/net/log.h"
#include "runtime/net/loop.h"
#include "runtime/proxy/line.h"

struct console;

enum {
    CONSOLE_CLIENTS = 4,     /* at a time; of more, the one that came first has to go */
    CONSOLE_QUESTION = 64,   /* bytes, the line end included */
    CONSOLE_ANSWER = 1 << 24 /* bytes of memory for an answer; of a longer one nothing is sent */
};

/* Adds the answer to a question, whole lines. */
typedef void console_answer(void *context, struct slice question, struct line *line);

/* Without a place for it the server runs without: the log is warned, and *console is NULL. -ENOMEM. Loop and log must
 * outlive it. */
int console_open(struct console **console, const char *directory, struct loop *loop, struct log *log,
                 console_answer *answer, void *context);
void console_close(struct console *console);

#endif
