/* SPDX-License-Identifier: MIT */
/* Plays the stories of the given files (README.md says how they are written): one report for each that fails,
 * and at the end a line "N passed, N failed". -v shows the ladder of every story. */
#include "compiler/compile.h"
#include "runtime/sim/play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct runner {
    const char *file; /* being played */
    unsigned passed, failed;
    bool verbose;
};

static bool read_file(const char *name, char **bytes, size_t *length) {
    FILE *file = fopen(name, "rb");
    size_t room = 0;
    *bytes = NULL;
    *length = 0;
    if (!file)
        return false;
    do {
        room = room * 2 + 65536;
        char *more = realloc(*bytes, room);
        if (!more)
            break;
        *bytes = more;
        *length += fread(*bytes + *length, 1, room - *length, file);
    } while (*length == room);
    bool good = feof(file) && !ferror(file);
    fclose(file);
    return good;
}

/* The file of a `plan "file"` line: relative to the story's. */
static char *beside(const char *story, struct slice file) {
    const char *slash = strrchr(story, '/');
    size_t folder = slash && file.len && file.at[0] != '/' ? (size_t)(slash + 1 - story) : 0;
    char *name = malloc(folder + file.len + 1);
    if (!name)
        return NULL;
    memcpy(name, story, folder);
    memcpy(name + folder, file.at, file.len);
    name[folder + file.len] = '\0';
    return name;
}

static int compile(void *context, struct slice text, struct slice file, const char *name, struct page *errors,
                   uint8_t **image, size_t *length) {
    const struct runner *runner = context;
    char *said = NULL, *plan_name = NULL, *plan = NULL;
    size_t said_length = 0, plan_length;
    int error = -ENOMEM;
    FILE *sink = open_memstream(&said, &said_length);
    if (!sink)
        return -ENOMEM;
    if (file.at) {
        plan_name = beside(runner->file, file);
        if (!plan_name || !read_file(plan_name, &plan, &plan_length)) {
            fprintf(sink, "%s: %s\n", plan_name ? plan_name : "plan", strerror(errno));
            goto out;
        }
        text = (struct slice){plan, plan_length};
        name = plan_name;
    }
    error = compile_plan_text(text, name, sink, image, length);
out:
    fclose(sink);
    page_add(errors, (struct slice){said, said_length});
    free(said);
    free(plan);
    free(plan_name);
    return error;
}

static void release(void *context, uint8_t *image) {
    (void)context;
    free(image);
}

static void play_one(struct runner *runner, const struct story *story) {
    const struct story_host host = {runner, compile, release};
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    struct story_result result = story_play(story, &arena, &host);
    *(result.passed ? &runner->passed : &runner->failed) += 1;
    if (!result.passed)
        printf("%.*s", SLICE_ARG(result.failure));
    else if (runner->verbose)
        printf("%s:%u: story \"%.*s\" passes\n", story->file, story->line, SLICE_ARG(story->title));
    if ((!result.passed || runner->verbose) && result.ladder.len)
        printf("    so far\n%.*s", SLICE_ARG(result.ladder));
    if (!result.passed || runner->verbose)
        putchar('\n');
    arena_free(&arena);
}

static bool play_file(struct runner *runner, const char *name) {
    struct arena arena;
    char *text;
    size_t length;
    runner->file = name;
    if (!read_file(name, &text, &length)) {
        fprintf(stderr, "%s: %s\n", name, strerror(errno));
        free(text);
        return false;
    }
    arena_init(&arena, NULL, 0, 0);
    const struct story *story = story_read(&arena, name, (struct slice){text, length});
    if (!story) {
        printf("%s: there is no story in it\n", name);
        runner->failed++;
    }
    for (; story; story = story->next)
        play_one(runner, story);
    arena_free(&arena);
    free(text);
    return true;
}

int main(int count, char **arguments) {
    struct runner runner = {0};
    bool readable = true;
    for (int i = 1; i < count; i++) {
        if (strcmp(arguments[i], "-v") == 0)
            runner.verbose = true;
        else
            readable &= play_file(&runner, arguments[i]);
    }
    printf("%u passed, %u failed\n", runner.passed, runner.failed);
    return readable && runner.failed == 0 && runner.passed ? 0 : 1;
}
