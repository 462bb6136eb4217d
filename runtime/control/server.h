/* SPDX-License-Identifier: MIT */
/* What the commands have in common that ask a running server instead of the store. */
#ifndef FOV_RUNTIME_CONTROL_SERVER_H
#define FOV_RUNTIME_CONTROL_SERVER_H

#include "runtime/control/control.h"
#include "runtime/net/console_ask.h"

/* Gives each line of the answer to `reader`. An exit code. */
int server_ask(struct control *control, const char *question, console_reader *reader, void *context);

#endif
