/* SPDX-License-Identifier: MIT */
#include "compiler/command.h"

#include <stdlib.h>

/* Everything but writing. */
int command_check(int count, char **arguments) {
    struct command_line line;
    uint8_t *image;
    size_t length;
    int result = command_read_line(&line, false, count, arguments);
    if (result)
        return result;
    result = command_image(&line, &image, &length);
    if (result == EXIT_FINE)
        free(image);
    return result;
}
