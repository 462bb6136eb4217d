/* SPDX-License-Identifier: MIT */
#include "runtime/net/console_name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int console_name(struct sockaddr_un *name, const char *directory) {
    memset(name, 0, sizeof *name);
    name->sun_family = AF_UNIX;
    int length = snprintf(name->sun_path, sizeof name->sun_path, "%s/control", directory);
    return length < 0 || (size_t)length >= sizeof name->sun_path ? -ENAMETOOLONG : 0;
}
