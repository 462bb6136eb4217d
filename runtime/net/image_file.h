/* SPDX-License-Identifier: MIT */
/* A plan's image from a file: copied once into memory that nobody can change any more (a sealed
 * memfd), verified there, and mapped read-only. Whatever happens to the file afterwards, the server
 * runs what was verified. */
#ifndef FOV_RUNTIME_NET_IMAGE_FILE_H
#define FOV_RUNTIME_NET_IMAGE_FILE_H

#include "runtime/plan/image.h"

struct image_file {
    struct image image;
    void *map;
    size_t length;
};

/* 0, or -errno with `reason`: what is wrong, in words, for one line. */
int image_file_open(struct image_file *file, const char *path, char *reason, size_t size);
void image_file_close(struct image_file *file);

#endif
