/* SPDX-License-Identifier: MIT */
#include "compiler/command.h"

#include "compiler/file.h"
#include "runtime/plan/disasm.h"
#include "runtime/plan/verify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int command_usage(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("fovc: ", stderr);
    vfprintf(stderr, format, args);
    fputs("\nTry 'fovc --help'.\n", stderr);
    va_end(args);
    return EXIT_USAGE;
}

/* Of a terminal that wants none (https://no-color.org), or of something else than a terminal. */
static bool wants_colour(void) {
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDERR_FILENO) && !(no_color && no_color[0]) && !(terminal && strcmp(terminal, "dumb") == 0);
}

/* -o FILE and -oFILE; *at moves to the last word of the option. */
static int read_output(struct command_line *line, int *at, int count, char **arguments) {
    const char *value = arguments[*at] + 2;
    if (value[0] == '\0') {
        if (*at + 1 == count)
            return command_usage("-o without a file");
        value = arguments[++*at];
    }
    line->output = value;
    return 0;
}

static int read_option(struct command_line *line, bool writes, int *at, int count, char **arguments) {
    const char *option = arguments[*at];
    char why[160];
    if (writes && strncmp(option, "-o", 2) == 0)
        return read_output(line, at, count, arguments);
    if (writes && strcmp(option, "-S") == 0) {
        line->listing = true;
        return 0;
    }
    if (strncmp(option, "-W", 2) == 0 && option[2]) {
        const char *problem = diag_option(&line->options.warnings, option + 2, why, sizeof why);
        return problem ? command_usage("%s: %s", option, problem) : 0;
    }
    return command_usage("unknown option '%s'", option);
}

int command_read_line(struct command_line *line, bool writes, int count, char **arguments) {
    *line = (struct command_line){.options.colour = wants_colour()};
    diag_options_init(&line->options.warnings);
    bool options = true;
    for (int at = 0; at < count; at++) {
        int result = 0;
        if (options && strcmp(arguments[at], "--") == 0)
            options = false;
        else if (options && arguments[at][0] == '-' && arguments[at][1])
            result = read_option(line, writes, &at, count, arguments);
        else if (line->plan)
            result = command_usage("more than one plan: '%s'", arguments[at]);
        else
            line->plan = arguments[at];
        if (result)
            return result;
    }
    return line->plan ? 0 : command_usage("no plan was named");
}

static int compile_file(const struct command_line *line, struct arena *arena, uint8_t **image, size_t *length) {
    struct slice text;
    struct file_identity identity;
    bool standard = strcmp(line->plan, "-") == 0;
    int result = file_read(&text, arena, line->plan, SOURCE_SIZE_MAX, false, &identity);
    if (result && result != -ENOMEM) {
        fprintf(stderr, "fovc: cannot read '%s': %s\n", line->plan, strerror(-result));
        return EXIT_READ;
    }
    if (result == 0)
        result = compile_text(text, standard ? "<stdin>" : line->plan, &line->options, stderr, image, length);
    switch (result) {
    case 0: return EXIT_FINE;
    case -EINVAL: return EXIT_PLAN;
    case -ENOMEM: fputs("fovc: out of memory\n", stderr); return EXIT_BUG;
    default: return EXIT_BUG;
    }
}

int command_image(const struct command_line *line, uint8_t **image, size_t *length) {
    struct arena arena;
    arena_init(&arena, NULL, 0, 0);
    int result = compile_file(line, &arena, image, length);
    arena_free(&arena);
    return result;
}

int command_list(const uint8_t *bytes, size_t length) {
    struct image image;
    struct image_refusal refusal;
    if (verify_image(&image, bytes, length, &refusal))
        return EXIT_BUG;
    disasm_image(stdout, &image);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_FINE;
    fprintf(stderr, "fovc: cannot write the listing: %s\n", strerror(errno));
    return EXIT_WRITE;
}
