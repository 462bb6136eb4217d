/* SPDX-License-Identifier: MIT */
#include "runtime/net/image_file.h"

#include "runtime/plan/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int put_all(int fd, const char *bytes, size_t length) {
    while (length) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return -errno;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return 0;
}

/* Fills the buffer unless the file, which may be a pipe, ends before. -errno, or what came. */
static ssize_t get(int fd, char *buffer, size_t size) {
    size_t length = 0;
    while (length < size) {
        ssize_t got = read(fd, buffer + length, size - length);
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            break;
        if (got > 0)
            length += (size_t)got;
    }
    return (ssize_t)length;
}

/* The file's bytes into `memory`; *length is what came. What does not begin as an image does is not
 * read to its end, which /dev/zero does not have. */
static int copy(int memory, int file, size_t *length) {
    char buffer[64 * 1024];
    *length = 0;
    for (;;) {
        ssize_t got = get(file, buffer, sizeof buffer);
        if (got <= 0)
            return got < 0 ? (int)got : *length ? 0 : -ENODATA;
        if (*length == 0 && ((size_t)got < sizeof IMAGE_MAGIC || memcmp(buffer, IMAGE_MAGIC, sizeof IMAGE_MAGIC)))
            return -ENOEXEC;
        *length += (size_t)got;
        if (*length > IMAGE_LENGTH_MAX)
            return -EFBIG;
        int result = put_all(memory, buffer, (size_t)got);
        if (result)
            return result;
    }
}

static int map_sealed(struct image_file *file, int memory) {
    const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    if (fcntl(memory, F_ADD_SEALS, seals) < 0)
        return -errno;
    file->map = mmap(NULL, file->length, PROT_READ, MAP_PRIVATE, memory, 0);
    if (file->map == MAP_FAILED) {
        file->map = NULL;
        return -errno;
    }
    return 0;
}

static int load(struct image_file *file, const char *path) {
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), result;
    if (from < 0)
        return -errno;
    int memory = memfd_create("fov-plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    result = memory < 0 ? -errno : copy(memory, from, &file->length);
    if (!result)
        result = map_sealed(file, memory);
    if (memory >= 0)
        close(memory);
    close(from);
    return result;
}

static const char *describe(int error) {
    switch (error) {
    case -ENODATA: return "the file is empty";
    case -ENOEXEC: return "not a plan image; \"fovc compile\" makes one of a plan's text";
    default: return strerror(-error);
    }
}

int image_file_open(struct image_file *file, const char *path, char *reason, size_t size) {
    struct image_refusal refusal = {0};
    memset(file, 0, sizeof *file);
    int result = load(file, path);
    if (result) {
        snprintf(reason, size, "%s", describe(result));
        return result;
    }
    result = verify_image(&file->image, file->map, file->length, &refusal);
    if (result) {
        snprintf(reason, size, "not a good plan image: %s", refusal.reason);
        image_file_close(file);
    }
    return result;
}

void image_file_close(struct image_file *file) {
    if (file->map)
        munmap(file->map, file->length);
    memset(file, 0, sizeof *file);
}
