/* SPDX-License-Identifier: MIT */
#include "runtime/net/key.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64], file[96];

static void make_directory(void) {
    strcpy(directory, "/tmp/fov-key-XXXXXX");
    cr_assert(mkdtemp(directory));
    snprintf(file, sizeof file, "%s/dialog.key", directory);
}

static void remove_directory(void) {
    unlink(file);
    rmdir(directory);
}

Test(key, is_made_once_and_kept_for_the_owner_alone, .init = make_directory, .fini = remove_directory) {
    struct hash_key first, second;
    struct stat status;
    cr_assert_eq(key_kept(&first, directory), 0);
    cr_assert_eq(key_kept(&second, directory), 0);
    cr_expect_eq(memcmp(&first, &second, sizeof first), 0);
    cr_assert_eq(stat(file, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0600);
    cr_expect_eq(status.st_size, 16);
    cr_expect_eq(rmdir(directory), -1, "only the key is in the directory");
    unlink(file);
    cr_assert_eq(key_kept(&second, directory), 0);
    cr_expect_neq(memcmp(&first, &second, sizeof first), 0, "another directory has another key");
}

Test(key, is_made_in_a_directory_that_is_not_there_yet, .init = make_directory, .fini = remove_directory) {
    struct hash_key key;
    rmdir(directory);
    cr_assert_eq(key_kept(&key, directory), 0);
    cr_expect_eq(access(file, R_OK), 0);
}

Test(key, of_the_wrong_length_is_refused_and_left_alone, .init = make_directory, .fini = remove_directory) {
    static const char *const texts[] = {"", "short", "seventeen letters"};
    for (size_t i = 0; i < 3; i++) {
        struct hash_key key;
        FILE *out = fopen(file, "w");
        fputs(texts[i], out);
        fclose(out);
        cr_expect_eq(key_kept(&key, directory), -EBADMSG, "%s", texts[i]);
        cr_expect_eq(access(file, R_OK), 0);
    }
}

Test(key, cannot_be_kept_where_there_is_no_place) {
    struct hash_key key;
    cr_expect_eq(key_kept(&key, "/nowhere/at/all"), -ENOENT);
    cr_expect_eq(key_kept(&key, "/dev/null"), -ENOTDIR);
}
