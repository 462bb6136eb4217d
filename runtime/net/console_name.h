/* SPDX-License-Identifier: MIT */
/* Where the control socket of a state directory is: what console.c and console_ask.c agree on. */
#ifndef FOV_RUNTIME_NET_CONSOLE_NAME_H
#define FOV_RUNTIME_NET_CONSOLE_NAME_H

#include <sys/socket.h>
#include <sys/un.h>

/* 0, -ENAMETOOLONG. */
int console_name(struct sockaddr_un *name, const char *directory);

#endif
