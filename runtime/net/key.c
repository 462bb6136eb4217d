/* SPDX-License-Identifier: MIT */
#include "runtime/net/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char key_name[] = "dialog.key";

int key_random(struct hash_key *key) {
    ssize_t length;
    do
        length = getrandom(key->bytes, sizeof key->bytes, 0);
    while (length < 0 && errno == EINTR);
    return length == (ssize_t)sizeof key->bytes ? 0 : length < 0 ? -errno : -EIO;
}

static int read_key(struct hash_key *key, int directory) {
    struct hash_key found;
    char more;
    int fd = openat(directory, key_name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return -errno;
    ssize_t length = read(fd, found.bytes, sizeof found.bytes), rest = read(fd, &more, 1);
    int error = length < 0 ? -errno : 0;
    close(fd);
    if (error)
        return error;
    if (length != (ssize_t)sizeof found.bytes || rest != 0)
        return -EBADMSG;
    *key = found;
    return 0;
}

/* Written under another name and linked when it is whole: of two servers that start at once, one
 * wins. */
static int make_key(struct hash_key *key, int directory) {
    char name[32];
    struct hash_key fresh;
    int result = key_random(&fresh);
    if (result)
        return result;
    snprintf(name, sizeof name, ".key-%ld", (long)getpid());
    int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    ssize_t length = write(fd, fresh.bytes, sizeof fresh.bytes);
    if (length != (ssize_t)sizeof fresh.bytes)
        result = length < 0 ? -errno : -ENOSPC;
    else if (fsync(fd) < 0 || linkat(directory, name, directory, key_name, 0) < 0)
        result = -errno;
    close(fd);
    unlinkat(directory, name, 0);
    if (!result)
        *key = fresh;
    return result;
}

int key_kept(struct hash_key *key, const char *directory) {
    if (mkdir(directory, 0750) < 0 && errno != EEXIST)
        return -errno;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = read_key(key, fd);
    if (result == -ENOENT) {
        result = make_key(key, fd);
        if (result == -EEXIST)
            result = read_key(key, fd);
    }
    close(fd);
    return result;
}
