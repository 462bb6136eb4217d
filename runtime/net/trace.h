/* SPDX-License-Identifier: MIT */
/* At log level debug: a line for each message that comes or goes. */
#ifndef FOV_RUNTIME_NET_TRACE_H
#define FOV_RUNTIME_NET_TRACE_H

#include "runtime/net/log.h"

void trace_message(struct log *log, const char *event, const struct endpoint *from, const struct endpoint *to,
                   struct slice bytes);

#endif
