/* SPDX-License-Identifier: MIT */
#include "runtime/net/config.h"

#include "grammar/lines.h"
#include "grammar/near.h"

#include <errno.h>
#include <string.h>

enum { CONFIG_SIZE_MAX = 1024 * 1024 };

static struct span span_of(const struct config *config, struct slice part) {
    uint32_t start = (uint32_t)(part.at - config->source.text.at);
    return (struct span){&config->source, start, start + (uint32_t)part.len};
}

static void report_unknown(struct config *config, struct slice name) {
    struct diag *diag = diag_report(&config->diags, DIAG_OPTION_UNKNOWN, span_of(config, name),
                                    "no option is called '%.*s'", SLICE_ARG(name));
    struct slice bare = slice_from(name, slice_starts(name, SLICE("--")) ? 2 : 0);
    const char *near = option_named(bare) < OPTION_COUNT ? option_rows[option_named(bare)].name : option_near(bare);
    if (name.len && name.at[0] == '[')
        diag_help(&config->diags, diag, "there are no sections here");
    else if (near)
        diag_help(&config->diags, diag, "did you mean '%s'?", near);
}

/* The option that may be set here; OPTION_COUNT: reported. */
static enum option find_option(struct config *config, struct slice name, struct slice value) {
    enum option option = option_named(name);
    if (option == OPTION_COUNT) {
        report_unknown(config, name);
        return OPTION_COUNT;
    }
    if (option_rows[option].kind == OPTION_KIND_LINE) {
        diag_report(&config->diags, DIAG_OPTION_UNKNOWN, span_of(config, name),
                    "'%.*s' stands on the command line alone", SLICE_ARG(name));
        return OPTION_COUNT;
    }
    if (option_rows[option].kind == OPTION_KIND_SEVERAL)
        return option;
    if (config->places[option].source) {
        struct diag *diag = diag_report(&config->diags, DIAG_OPTION_TWICE, span_of(config, name),
                                        "'%.*s' a second time, and it has one value", SLICE_ARG(name));
        diag_note(&config->diags, diag, config->places[option], "the first time is here");
        return OPTION_COUNT;
    }
    config->places[option] = span_of(config, value);
    return option;
}

/* Relative ones are looked for beside the file, wherever the server was started. */
static struct slice resolved(struct config *config, enum option option, struct slice value) {
    struct arena *arena = &config->options->arena;
    const char *name = config->source.name, *slash = strrchr(name, '/');
    if (!option_is_path(option) || value.at[0] == '/' || !slash)
        return arena_copy(arena, value);
    return slice_of(arena_printf(arena, "%.*s%.*s", (int)(slash - name + 1), name, SLICE_ARG(value)));
}

static bool is_quoted(struct slice value) {
    char first = value.len > 1 ? value.at[0] : '\0';
    return (first == '"' || first == '\'') && value.at[value.len - 1] == first;
}

static bool has_comment(struct slice value) {
    for (size_t at = slice_find(value, 0, '#'); at < value.len; at = slice_find(value, at + 1, '#'))
        if (blank_at(value, at - (at != 0)))
            return true;
    return false;
}

/* Of an option that is on or off: what `yes` and `false` mean. By its letters, `no` is nearly `on`. */
static const char *switch_meant(struct slice value) {
    if (slice_same(value, SLICE("no")) || slice_same(value, SLICE("false")))
        return "off";
    return slice_same(value, SLICE("yes")) || slice_same(value, SLICE("true")) ? "on" : NULL;
}

/* Which of "a|b|c" was meant; NULL: the option takes no such words, or none is near. */
static const char *near_choice(struct config *config, enum option option, struct slice value) {
    struct slice rest = slice_of(option_rows[option].argument);
    if (slice_equal(rest, SLICE("on|off")) && switch_meant(value))
        return switch_meant(value);
    bool choices = slice_find(rest, 0, '|') < rest.len;
    struct near near;
    near_start(&near, value);
    while (choices && rest.len) {
        size_t end = slice_find(rest, 0, '|');
        struct slice word = arena_copy(&config->options->arena, slice_cut(rest, 0, end));
        if (word.at)
            near_try(&near, word.at);
        rest = slice_from(rest, end + 1);
    }
    return near.best;
}

static void refuse(struct config *config, enum option option, struct slice value, const char *expected) {
    struct diag *diag =
        diag_report(&config->diags, DIAG_OPTION_VALUE, span_of(config, value), "'%s' cannot be '%.*s', expected %s",
                    option_rows[option].name, SLICE_ARG(value), expected);
    const char *near = near_choice(config, option, value);
    if (is_quoted(value))
        diag_help(&config->diags, diag, "leave the quotation marks out");
    else if (has_comment(value))
        diag_help(&config->diags, diag, "a comment stands on a line of its own");
    else if (near)
        diag_help(&config->diags, diag, "did you mean '%s'?", near);
}

static void store(struct config *config, enum option option, struct slice value) {
    struct options *options = config->options;
    struct slice text = resolved(config, option, value);
    if (!text.at) {
        options->out_of_memory = true;
        return;
    }
    const char *expected = is_quoted(value) ? option_rows[option].argument : option_store(options, option, text.at);
    if (expected)
        refuse(config, option, value, expected);
    else if (has_comment(value))
        diag_report(&config->diags, DIAG_COMMENT_VALUE, span_of(config, value),
                    "all of this is the value: a comment stands on a line of its own");
}

static void read_line(struct config *config, struct slice line) {
    line = blank_trim(line);
    if (line.len == 0 || line.at[0] == '#')
        return;
    size_t equals = slice_find(line, 0, '=');
    struct slice name = blank_trim(slice_cut(line, 0, equals)), value = blank_trim(slice_from(line, equals + 1));
    if (equals == line.len && option_named(name) == OPTION_COUNT) {
        report_unknown(config, name);
        return;
    }
    if (value.len == 0) {
        diag_report(&config->diags, DIAG_VALUE_MISSING, span_of(config, line), "'%.*s' without a value, expected '%s'",
                    SLICE_ARG(name), "name = value");
        return;
    }
    enum option option = find_option(config, name, value);
    if (option < OPTION_COUNT)
        store(config, option, value);
}

int config_parse(struct config *config, struct options *options, const char *name, struct slice text) {
    *config = (struct config){.options = options};
    diag_options_init(&config->warnings);
    diag_list_init(&config->diags, &options->arena, &config->warnings);
    int result = source_open(&config->source, &options->arena, name, text, 0);
    if (!result)
        result = lines_read(&config->source, &options->arena, &config->diags);
    if (result)
        return result;
    struct slice rest = config->source.text;
    while (rest.len) {
        size_t end = slice_find(rest, 0, '\n');
        read_line(config, slice_cut(rest, 0, end));
        rest = slice_from(rest, end + 1);
    }
    return config->diags.failed ? -ENOMEM : 0;
}

static int read_file(struct slice *text, struct arena *arena, const char *path) {
    FILE *file = fopen(path, "re");
    if (!file)
        return -errno;
    char *bytes = arena_bytes(arena, CONFIG_SIZE_MAX + 1);
    int result = bytes ? 0 : -ENOMEM;
    if (bytes) {
        *text = (struct slice){bytes, fread(bytes, 1, CONFIG_SIZE_MAX + 1, file)};
        result = ferror(file) ? -errno : text->len > CONFIG_SIZE_MAX ? -EFBIG : 0;
    }
    fclose(file);
    return result;
}

int config_read(struct config *config, struct options *options) {
    struct slice text;
    int result = read_file(&text, &options->arena, options->config);
    return result ? result : config_parse(config, options, options->config, text);
}

bool config_report(struct config *config, const struct option_conflict *conflict) {
    struct span place = config->places[conflict->option];
    if (!place.source)
        place = config->places[conflict->other];
    if (place.source)
        diag_report(&config->diags, DIAG_OPTION_CONFLICT, place, "'%s' %s", option_rows[conflict->option].name,
                    conflict->text);
    return place.source != NULL;
}
