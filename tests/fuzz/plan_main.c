/* SPDX-License-Identifier: MIT */
/* Runs the door of plans, or that of configurations, without libFuzzer:
 *     plan RUNS SEED FILE...
 * first every file as it is, then RUNS texts made of their lines: lines taken from any file, with
 * bytes and words of them changed. The same seed makes the same texts. */
#include "tests/fuzz/plan.h"
#include "tests/fuzz/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20, LINES_MAX = 20000, PLAN_MAX = 1 << 16, PLAN_LINES = 24, LINE_MAX = 2000 };

static char texts[TEXT_MAX];
static size_t text_length;
static struct {
    const char *at;
    size_t length;
} lines[LINES_MAX];
static unsigned line_count;

static void read_file(const char *name) {
    FILE *file = fopen(name, "rb");
    if (!file) {
        fprintf(stderr, "%s: not read\n", name);
        exit(1);
    }
    char *start = texts + text_length;
    size_t length = fread(start, 1, sizeof texts - text_length, file);
    fclose(file);
    text_length += length;
    LLVMFuzzerTestOneInput((const uint8_t *)start, length);
    for (char *end = start + length; start < end && line_count < LINES_MAX; line_count++) {
        char *next = memchr(start, '\n', (size_t)(end - start));
        lines[line_count].at = start;
        lines[line_count].length = (size_t)((next ? next : end) - start);
        start = next ? next + 1 : end;
    }
}

/* Changes a line in place; it may become longer. */
static size_t change(char *line, size_t length) {
    static const char *const words[] = {"%1", "%{2}",  "%",    "\"", "\\\"", "(",     ")",  "$eval(\"", "=",   " = ",
                                        "!",  "&a",    "$",    "@",  "<",    ">",     ";",  "/TCP",     "[",   "]",
                                        "#",  " \\\n", "\xc3", "^",  "(.+)", "{2,9}", "|*", "(?i)",     "\\1", "sips:"};
    size_t at = random_below(length + 1);
    const char *word = words[random_below(sizeof words / sizeof *words)];
    size_t size = strlen(word);
    switch (random_below(3)) {
    case 0:
        if (at < length)
            line[at] = (char)random_below(256);
        return length;
    case 1: return at;
    default:
        memmove(line + at + size, line + at, length - at);
        memcpy(line + at, word, size);
        return length + size;
    }
}

static size_t make_plan(char *plan) {
    size_t length = 0;
    for (uint64_t count = 1 + random_below(PLAN_LINES); count; count--) {
        uint64_t from = random_below(line_count);
        size_t size = lines[from].length < LINE_MAX ? lines[from].length : LINE_MAX;
        memcpy(plan + length, lines[from].at, size);
        for (uint64_t changes = random_below(3); changes; changes--)
            size = change(plan + length, size);
        length += size;
        plan[length++] = '\n';
    }
    return length;
}

int main(int count, char **arguments) {
    static char plan[PLAN_MAX];
    unsigned long runs = count > 1 ? strtoul(arguments[1], NULL, 10) : 0;
    random_seed(count > 2 ? strtoull(arguments[2], NULL, 10) : 1);
    for (int i = 3; i < count; i++)
        read_file(arguments[i]);
    if (line_count == 0) {
        fprintf(stderr, "usage: plan RUNS SEED FILE...\n");
        return 2;
    }
    printf("seed %s, %d files, %lu texts of their lines\n", arguments[2], count - 3, runs);
    fflush(stdout);
    for (unsigned long run = 0; run < runs; run++) {
        size_t length = make_plan(plan);
        LLVMFuzzerTestOneInput((const uint8_t *)plan, length);
    }
    printf("%lu passed, 0 failed\n", (unsigned long)(count - 3) + runs); /* a broken promise aborts */
    return 0;
}
