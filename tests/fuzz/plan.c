/* SPDX-License-Identifier: MIT */
/* The plan door: any text compiles to an image that the verifier takes, or is refused with a reason
 * that no terminal can be harmed by. Anything else aborts. */
#include "tests/fuzz/plan.h"

#include "compiler/compile.h"
#include "grammar/source.h"
#include "runtime/plan/disasm.h"
#include "runtime/plan/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void judge_messages(const char *bytes, size_t length, bool needed) {
    struct slice text = {bytes, length};
    uint32_t point;
    if (needed && length == 0)
        abort();
    for (size_t at = 0; at < length;) {
        unsigned size = utf8_read(text, at, &point);
        if (size == 0 || (utf8_is_control(point) && point != '\n'))
            abort();
        at += size;
    }
}

static void judge_image(const uint8_t *bytes, size_t length) {
    struct image image;
    struct image_refusal refusal;
    if (verify_image(&image, bytes, length, &refusal))
        abort();
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return;
    disasm_image(nowhere, &image);
    fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *messages = NULL;
    size_t length = 0, image_length;
    uint8_t *image = NULL;
    FILE *errors = open_memstream(&messages, &length);
    if (!errors)
        return 0;
    struct compile_options options = {.colour = false};
    diag_options_init(&options.warnings);
    diag_option(&options.warnings, "extension", NULL, 0);
    /* A name in no directory: what an input includes is nowhere. */
    int result = compile_text((struct slice){(const char *)data, size}, "nowhere/at/all/plan", &options, errors, &image,
                              &image_length);
    fclose(errors);
    if (result != 0 && result != -EINVAL)
        abort();
    judge_messages(messages, length, result == -EINVAL);
    if (result == 0)
        judge_image(image, image_length);
    free(image);
    free(messages);
    return 0;
}
