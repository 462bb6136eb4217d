/* SPDX-License-Identifier: MIT */
#include "runtime/net/image_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_text(const char *bytes, size_t length, char *reason, size_t size) {
    char path[] = "/tmp/fov-image-XXXXXX";
    struct image_file file;
    int fd = mkstemp(path), result;
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    close(fd);
    result = image_file_open(&file, path, reason, size);
    if (!result)
        image_file_close(&file);
    unlink(path);
    return result;
}

Test(image_file, that_is_none_is_refused_with_a_reason) {
    char reason[256];
    struct image_file file;
    static char zeros[4096];
    cr_expect_eq(image_file_open(&file, "/nowhere/plan.bin", reason, sizeof reason), -ENOENT);
    cr_expect_str_eq(reason, "No such file or directory");
    cr_expect_eq(image_file_open(&file, "/tmp", reason, sizeof reason), -EISDIR);
    cr_expect_neq(open_text("", 0, reason, sizeof reason), 0);
    cr_expect_str_eq(reason, "the file is empty");
    cr_expect_neq(open_text("[Deploy Patterns]\n", 18, reason, sizeof reason), 0);
    cr_expect_str_eq(reason, "not a plan image; \"fovc compile\" makes one of a plan's text");
    cr_expect_neq(open_text(zeros, sizeof zeros, reason, sizeof reason), 0);
    cr_expect_eq(image_file_open(&file, "/dev/zero", reason, sizeof reason), -ENOEXEC, "and at once");
    memcpy(zeros, IMAGE_MAGIC, sizeof IMAGE_MAGIC);
    cr_expect_neq(open_text(zeros, sizeof zeros, reason, sizeof reason), 0);
    cr_expect(strstr(reason, "not a good plan image: ") == reason && strlen(reason) > 24, "%s", reason);
}
