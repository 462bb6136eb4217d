/* SPDX-License-Identifier: MIT */
#include "runtime/net/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

void descriptors_hold_standard(void) {
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}
