/* SPDX-License-Identifier: MIT */
#include "compiler/command.h"
#include "compiler/file.h"
#include "runtime/plan/verify.h"

#include <string.h>

static int dump(const char *path, struct arena *arena) {
    struct slice bytes;
    struct file_identity identity;
    struct image image;
    struct image_refusal refusal;
    int result = file_read(&bytes, arena, path, IMAGE_LENGTH_MAX, false, &identity);
    if (result) {
        fprintf(stderr, "fovc: cannot read '%s': %s\n", path, strerror(-result));
        return EXIT_READ;
    }
    uint8_t *aligned = arena_alloc(arena, bytes.len);
    if (!aligned) {
        fputs("fovc: out of memory\n", stderr);
        return EXIT_BUG;
    }
    if (bytes.len)
        memcpy(aligned, bytes.at, bytes.len);
    if (verify_image(&image, aligned, bytes.len, &refusal)) {
        fprintf(stderr, "fovc: '%s' is no image of this program: invariant %u: %s\n", path, refusal.invariant,
                refusal.reason);
        return EXIT_PLAN;
    }
    return command_list(aligned, bytes.len);
}

int command_dump(int count, char **arguments) {
    struct arena arena;
    if (count && arguments[0][0] == '-' && arguments[0][1] && strcmp(arguments[0], "--") != 0)
        return command_usage("unknown option '%s'", arguments[0]);
    bool dashes = count && strcmp(arguments[0], "--") == 0;
    if (count != 1 + dashes)
        return command_usage(count ? "more than one image" : "no image was named");
    arena_init(&arena, NULL, 0, 0);
    int result = dump(arguments[dashes], &arena);
    arena_free(&arena);
    return result;
}
