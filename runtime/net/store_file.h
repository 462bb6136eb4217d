/* SPDX-License-Identifier: MIT */
/* The file of the store in a state directory: its name, and whose it is. What is in it: store_sqlite.h. */
#ifndef FOV_RUNTIME_NET_STORE_FILE_H
#define FOV_RUNTIME_NET_STORE_FILE_H

#include <limits.h>

/* Writes the name. 0 or -ENAMETOOLONG. */
int store_file_name(char file[PATH_MAX], const char *directory);
/* Makes it, empty, with mode 0600, and its directory when only that is missing. 0 as well when it is there already;
 * otherwise -errno. */
int store_file_make(const char *file, const char *directory);

#endif
