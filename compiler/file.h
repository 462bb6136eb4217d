/* SPDX-License-Identifier: MIT */
/* Reading a file whole, and writing one so that nobody ever sees half of it. */
#ifndef FOV_COMPILER_FILE_H
#define FOV_COMPILER_FILE_H

#include "grammar/arena.h"

/* Which file it was, whatever its name. */
struct file_identity {
    uint64_t device, node;
    bool known;
};

/* The bytes, in `arena`. 0 or a negative errno; -EFBIG over `limit` bytes. "-" is standard input.
 * With `regular`, anything but a regular file is refused with -EINVAL, and opening does not wait. */
int file_read(struct slice *text, struct arena *arena, const char *path, size_t limit, bool regular,
              struct file_identity *identity);

/* Through a temporary file beside it, synchronised and renamed; what is no regular file is written to directly, and "-"
 * is standard output. 0 or a negative errno; then a file of that name is what it was. */
int file_write(const char *path, const void *bytes, size_t length);

#endif
