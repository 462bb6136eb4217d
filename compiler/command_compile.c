/* SPDX-License-Identifier: MIT */
#include "compiler/command.h"
#include "compiler/file.h"

#include <stdlib.h>
#include <string.h>

static const char default_output[] = "plan.bin";

static int write_image(const char *path, const uint8_t *image, size_t length) {
    int result = file_write(path, image, length);
    if (result == 0)
        return EXIT_FINE;
    fprintf(stderr, "fovc: cannot write '%s': %s\n", path, strerror(-result));
    return EXIT_WRITE;
}

/* With -S the listing is what is wanted; the image is written beside it when -o names a file. */
int command_compile(int count, char **arguments) {
    struct command_line line;
    uint8_t *image;
    size_t length;
    int result = command_read_line(&line, true, count, arguments);
    if (result)
        return result;
    if (line.listing && line.output && strcmp(line.output, "-") == 0)
        return command_usage("-S and -o - would both write to standard output");
    result = command_image(&line, &image, &length);
    if (result)
        return result;
    if (line.output || !line.listing)
        result = write_image(line.output ? line.output : default_output, image, length);
    if (result == EXIT_FINE && line.listing)
        result = command_list(image, length);
    free(image);
    return result;
}
