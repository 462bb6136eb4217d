/* SPDX-License-Identifier: MIT */
/* A directory for the store of a test. */
#ifndef FOV_TESTS_UNIT_NET_SUPPORT_DIRECTORY_H
#define FOV_TESTS_UNIT_NET_SUPPORT_DIRECTORY_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64], database_file[96];

static inline void make_directory(void) {
    strcpy(directory, "/tmp/fov-store-XXXXXX");
    cr_assert(mkdtemp(directory));
    snprintf(database_file, sizeof database_file, "%s/fov.db", directory);
}

static inline void remove_files(void) {
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    char name[128];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", database_file, ends[i]);
        unlink(name);
    }
}

static inline void remove_directory(void) {
    remove_files();
    rmdir(directory);
}

#endif
