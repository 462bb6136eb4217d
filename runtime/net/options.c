/* SPDX-License-Identifier: MIT */
#include "runtime/net/options.h"

#include "grammar/wrap.h"
#include "runtime/net/config.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

struct given { /* on the command line */
    struct given *next;
    enum option option;
    const char *value;
};

struct reading {
    struct options *options;
    FILE *errors;
    struct given *first, **last;
    struct config config;
    unsigned wrong;
};

__attribute__((format(printf, 2, 3))) static enum options_result complain(struct reading *reading, const char *format,
                                                                          ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("fovrun: ", reading->errors);
    vfprintf(reading->errors, format, arguments);
    fputs(" (see fovrun --help)\n", reading->errors);
    va_end(arguments);
    reading->wrong++;
    return OPTIONS_WRONG;
}

static enum option lettered(char letter) {
    unsigned i = 0;
    while (i < OPTION_COUNT && option_rows[i].letter != letter)
        i++;
    return (enum option)i;
}

static void unknown(struct reading *reading, const char *argument) {
    struct slice text = slice_of(argument), name = slice_from(text, slice_starts(text, SLICE("--")) ? 2 : 1);
    const char *near = option_near(slice_cut(name, 0, slice_find(name, 0, '=')));
    if (near)
        complain(reading, "unknown option \"%.80s\"; did you mean \"--%s\"?", argument, near);
    else
        complain(reading, "unknown option \"%.80s\"", argument);
}

static void keep(struct reading *reading, enum option option, const char *value) {
    struct given *given = arena_alloc(&reading->options->arena, sizeof *given);
    if (!given) {
        reading->options->out_of_memory = true;
        return;
    }
    *given = (struct given){.option = option, .value = value};
    *reading->last = given;
    reading->last = &given->next;
}

/* One argument and, when the option wants one and it does not stand behind a '=' (or behind the
 * letter), the next. */
static enum options_result read_one(struct reading *reading, char **arguments, int *at) {
    const char *argument = arguments[*at], *value = NULL;
    struct slice text = slice_of(argument);
    enum option option;
    if (!slice_starts(text, SLICE("-")) || text.len < 2)
        return complain(reading, "\"%.80s\" is no option; the plan is named by -p", argument);
    if (text.at[1] == '-') {
        size_t equals = slice_find(text, 0, '=');
        option = option_named(slice_cut(text, 2, equals));
        value = equals < text.len ? argument + equals + 1 : NULL;
    } else {
        option = lettered(text.at[1]);
        value = text.len > 2 ? argument + 2 : NULL;
    }
    if (option == OPTION_COUNT) {
        unknown(reading, argument);
        return OPTIONS_WRONG;
    }
    const struct option_row *row = &option_rows[option];
    bool wants = row->argument[0] != '\0';
    if (wants && !value)
        value = arguments[*at + 1] ? arguments[++*at] : NULL;
    bool given = value && (value[0] || !wants);
    if (wants && !given)
        return complain(reading, "--%s wants a value: %s", row->name, row->argument);
    if (given && !wants)
        return complain(reading, "--%s takes no value", row->name);
    if (option == OPTION_HELP)
        return OPTIONS_HELP;
    if (option == OPTION_VERSION)
        return OPTIONS_VERSION;
    if (option == OPTION_CONFIG)
        reading->options->config = value;
    else
        keep(reading, option, value);
    return OPTIONS_RUN;
}

/* The words of the line as they come; their values are judged when the file has been read, over which they win. */
static enum options_result read_arguments(struct reading *reading, int count, char **arguments) {
    for (int at = 1; at < count; at++) {
        enum options_result result = read_one(reading, arguments, &at);
        if (result != OPTIONS_RUN)
            return result;
    }
    return OPTIONS_RUN;
}

static void read_config(struct reading *reading) {
    int result = config_read(&reading->config, reading->options);
    if (result == -ENOMEM)
        reading->options->out_of_memory = true;
    else if (result)
        complain(reading, "cannot read %s: %s", reading->options->config, strerror(-result));
}

static void store_given(struct reading *reading) {
    for (const struct given *given = reading->first; given; given = given->next) {
        const char *expected = option_store(reading->options, given->option, given->value);
        reading->config.places[given->option] = SPAN_NONE;
        if (expected)
            complain(reading, "--%s cannot be \"%.80s\": expected %s", option_rows[given->option].name, given->value,
                     expected);
    }
}

static void judge_together(struct reading *reading) {
    struct option_conflict conflicts[OPTION_CONFLICTS_MAX];
    unsigned count = option_conflicts(reading->options, conflicts);
    for (unsigned i = 0; i < count; i++)
        if (!config_report(&reading->config, &conflicts[i]))
            complain(reading, "--%s %s", option_rows[conflicts[i].option].name, conflicts[i].text);
}

enum options_result options_read(struct options *options, int count, char **arguments, FILE *errors) {
    struct reading reading = {.options = options, .errors = errors, .last = &reading.first};
    *options = (struct options){0};
    arena_init(&options->arena, NULL, 0, 0);
    option_store_fallbacks(options);
    enum options_result result = read_arguments(&reading, count, arguments);
    if (result != OPTIONS_RUN)
        return result;
    if (options->config)
        read_config(&reading);
    store_given(&reading);
    option_complete(options);
    if (!reading.wrong && !reading.config.diags.errors)
        judge_together(&reading);
    if (diag_print(&reading.config.diags, errors, false) != 0 || options->out_of_memory)
        return complain(&reading, "out of memory");
    return reading.wrong || reading.config.diags.errors ? OPTIONS_WRONG : OPTIONS_RUN;
}

void options_free(struct options *options) {
    arena_free(&options->arena);
}

/* Help. */

enum { COLUMN = 6 };

void options_help(FILE *out) {
    fputs("usage: fovrun -p FILE [-l udp|tcp|tls|ws|wss:ADDRESS[:PORT]] ...\n       fovrun --config FILE ...\n\n"
          "A SIP server that runs a compiled dial plan, with serial failover.\n",
          out);
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        fputs("\n  ", out);
        if (row->letter)
            fprintf(out, "-%c, ", row->letter);
        fprintf(out, "--%s%s%s", row->name, row->argument[0] ? " " : "", row->argument);
        wrap_print(out, row->doc, COLUMN);
        if (row->fallback[0])
            fprintf(out, "\n%*sdefault: %s", COLUMN, "", row->fallback);
    }
    fputs("\n\nSIGTERM and SIGINT end it when the running calls have ended, at most 32 s later;\na "
          "second one at once. "
          "See fovrun(8).\n",
          out);
}
