/* SPDX-License-Identifier: MIT */
#include "runtime/net/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int store_file_name(char file[PATH_MAX], const char *directory) {
    return snprintf(file, PATH_MAX, "%s/fov.db", directory) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* Made here, so that nobody else ever could read it; SQLite gives its other files the same mode. What root makes
 * belongs to whom the directory belongs to: a server that is not root. */
int store_file_make(const char *file, const char *directory) {
    struct stat status;
    if (mkdir(directory, 0750) < 0 && errno != EEXIST)
        return -errno;
    int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), result = 0;
    if (fd < 0)
        return errno == EEXIST ? 0 : -errno;
    if (geteuid() == 0 && (stat(directory, &status) < 0 || fchown(fd, status.st_uid, status.st_gid) < 0))
        result = -errno;
    close(fd);
    return result;
}
