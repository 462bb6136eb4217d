/* SPDX-License-Identifier: MIT */
#include "compiler/compile.h"

#include "compiler/check.h"
#include "compiler/emit.h"
#include "compiler/parse.h"
#include "runtime/plan/verify.h"

#include <errno.h>
#include <stdlib.h>

struct compilation {
    struct memory memory;
    struct diag_list diags;
    struct slice text;
    const char *name;
    uint8_t *image;
    size_t length;
};

static int compile(struct compilation *compilation) {
    struct plan plan;
    struct memory *memory = &compilation->memory;
    struct diag_list *diags = &compilation->diags;
    if (setjmp(memory->out))
        return -ENOMEM;
    parse_plan(&plan, memory, diags, compilation->name, compilation->text);
    check_plan(&plan, memory, diags);
    if (diags->failed)
        return -ENOMEM;
    return diags->errors ? -EINVAL : emit_plan(&plan, memory, diags, &compilation->image, &compilation->length);
}

/* What we made is as hostile as any other image until it has passed. */
static int verify(const struct compilation *compilation, FILE *errors) {
    struct image image;
    struct image_refusal refusal;
    int result = verify_image(&image, compilation->image, compilation->length, &refusal);
    if (result == 0 || result == -ENOMEM)
        return result;
    fprintf(errors, "%s: this compiler is wrong: invariant %u of its own image: %s\n", compilation->name,
            refusal.invariant, refusal.reason);
    return -EFAULT;
}

int compile_text(struct slice text, const char *name, const struct compile_options *options, FILE *errors,
                 uint8_t **image, size_t *length) {
    struct compilation compilation = {.text = text, .name = name};
    arena_init(&compilation.memory.arena, NULL, 0, 0);
    arena_init(&compilation.memory.scratch, NULL, 0, 0);
    diag_list_init(&compilation.diags, &compilation.memory.arena, &options->warnings);
    int result = compile(&compilation);
    if (diag_print(&compilation.diags, errors, options->colour))
        result = -ENOMEM;
    if (result == 0)
        result = verify(&compilation, errors);
    arena_free(&compilation.memory.arena);
    arena_free(&compilation.memory.scratch);
    if (result) {
        free(compilation.image);
        return result;
    }
    *image = compilation.image;
    *length = compilation.length;
    return 0;
}

int compile_plan_text(struct slice text, const char *name, FILE *errors, uint8_t **image, size_t *length) {
    struct compile_options options = {.colour = false};
    diag_options_init(&options.warnings);
    return compile_text(text, name, &options, errors, image, length);
}
