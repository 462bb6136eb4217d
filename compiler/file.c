/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */

#include "compiler/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST_READ = 64 * 1024 };

/* All that `file` gives; `size` is a guess. */
static int read_all(struct slice *text, struct arena *arena, int file, size_t size, size_t limit) {
    size_t room = size < FIRST_READ ? FIRST_READ : size + 1, count = 0;
    char *bytes = arena_bytes(arena, room);
    while (bytes) {
        ssize_t got = read(file, bytes + count, room - count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0) {
            *text = (struct slice){bytes, count};
            return 0;
        }
        count += (size_t)got;
        if (count > limit)
            return -EFBIG;
        if (count == room) {
            char *grown = arena_bytes(arena, 2 * room);
            bytes = grown ? memcpy(grown, bytes, count) : NULL;
            room *= 2;
        }
    }
    return -ENOMEM;
}

int file_read(struct slice *text, struct arena *arena, const char *path, size_t limit, bool regular,
              struct file_identity *identity) {
    bool standard = strcmp(path, "-") == 0;
    int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | (regular ? O_NONBLOCK : 0));
    if (file < 0)
        return -errno;
    struct stat status;
    int result = fstat(file, &status) == 0 ? 0 : -errno;
    bool plain = result == 0 && S_ISREG(status.st_mode);
    size_t size = plain && status.st_size > 0 ? (size_t)status.st_size : 0;
    if (result == 0 && regular && !plain)
        result = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
    else if (result == 0)
        result = size > limit ? -EFBIG : read_all(text, arena, file, size, limit);
    if (result == 0)
        *identity = (struct file_identity){(uint64_t)status.st_dev, (uint64_t)status.st_ino, plain};
    if (!standard)
        close(file);
    return result;
}

static int write_all(int file, const char *bytes, size_t length) {
    while (length) {
        ssize_t put = write(file, bytes, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -errno;
        bytes += put;
        length -= (size_t)put;
    }
    return 0;
}

static int write_directly(const char *path, const void *bytes, size_t length) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    int result = write_all(file, bytes, length);
    if (close(file) && result == 0)
        result = -errno;
    return result;
}

/* Keeps the mode of the file that it takes the place of. */
static int replace(const char *path, const char *temporary, const struct stat *before, const void *bytes,
                   size_t length) {
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
        return -errno;
    int result = before && fchmod(file, before->st_mode & 07777) ? -errno : write_all(file, bytes, length);
    if (result == 0 && fsync(file))
        result = -errno;
    if (close(file) && result == 0)
        result = -errno;
    if (result == 0 && rename(temporary, path))
        result = -errno;
    if (result)
        unlink(temporary);
    return result;
}

int file_write(const char *path, const void *bytes, size_t length) {
    if (strcmp(path, "-") == 0)
        return write_all(STDOUT_FILENO, bytes, length);
    struct stat before;
    bool exists = stat(path, &before) == 0;
    if (exists && !S_ISREG(before.st_mode))
        return write_directly(path, bytes, length);
    char *target = exists ? realpath(path, NULL) : strdup(path); /* a link stays one */
    size_t room = target ? strlen(target) + 32 : 0;
    char *temporary = target ? malloc(room) : NULL;
    int result = -ENOMEM;
    if (temporary) {
        snprintf(temporary, room, "%s.%ld.tmp", target, (long)getpid());
        result = replace(target, temporary, exists ? &before : NULL, bytes, length);
    }
    free(temporary);
    free(target);
    return result;
}
